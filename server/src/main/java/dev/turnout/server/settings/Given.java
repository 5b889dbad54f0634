package dev.turnout.server.settings;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What was set, as text and as the simple kinds; what is wrong is added to the problems. */
final class Given {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

    private final Map<Setting, String> options;
    private final Map<String, String> environment;
    private final List<String> problems;

    Given(Map<Setting, String> options, Map<String, String> environment, List<String> problems) {
        this.options = options;
        this.environment = environment;
        this.problems = problems;
    }

    Optional<String> text(Setting setting) {
        String option = options.get(setting);
        if (option != null) {
            return Optional.of(option);
        }
        String variable = environment.get(setting.variable());
        return variable != null && !variable.isBlank() ? Optional.of(variable.strip()) : setting.fallback();
    }

    Optional<Long> whole(Setting setting, long min, long max) {
        Optional<String> text = text(setting);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(text.get());
            if (number >= min && number <= max) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // The message below says what is expected.
        }
        String range = max == Long.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max;
        problems.add(setting + " must be a whole number " + range + ", not '" + text.get() + "'");
        return Optional.empty();
    }

    /** @param shortest what is shorter is wrong, and stands for what is wrong */
    Duration duration(Setting setting, Duration shortest) {
        String text = text(setting).orElseThrow();
        Matcher matcher = DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration duration =
                    switch (matcher.group(2)) {
                        case "ms" -> Duration.ofMillis(number);
                        case "s" -> Duration.ofSeconds(number);
                        default -> Duration.ofMinutes(number);
                    };
            if (duration.compareTo(shortest) >= 0) {
                return duration;
            }
        }
        problems.add(setting + " must be a duration such as 100ms or 2s, not '" + text + "'");
        return shortest;
    }
}
