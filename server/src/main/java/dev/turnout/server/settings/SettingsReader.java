package dev.turnout.server.settings;

import static dev.turnout.server.settings.Setting.*;

import dev.turnout.flags.time.Pace;
import dev.turnout.flags.time.ScaledClock;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.worker.jdbc.ConnectionSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns text into {@link Settings} and collects what is wrong. Used once. */
final class SettingsReader {
    /** Control transactions are short: more connections would only wait for each other. */
    private static final int CONTROL_CONNECTIONS = 8;

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

    private final Map<Setting, String> options;
    private final Map<String, String> environment;
    private final Clock real;
    private final List<String> problems = new ArrayList<>();

    SettingsReader(Map<Setting, String> options, Map<String, String> environment, Clock real) {
        this.real = real;
        this.options = options;
        this.environment = environment;
    }

    Settings read(List<String> databaseOptions) throws BadSettings {
        Settings.Listen listen = new Settings.Listen(given(HOST).orElseThrow(), (int)
                whole(PORT, 0, 65_535).orElse(0L).longValue());
        Path data = data();
        Optional<ControlSettings> control = control();
        Map<String, ConnectionSettings> databases = new DatabaseSettings(environment, problems).read(databaseOptions);
        Pace pace = pace();
        // Leases go by the name: a restarted process must have a new one, and in a container every pid is 1.
        String worker = given(WORKER).orElseGet(() -> environment.getOrDefault("HOSTNAME", "turnout")) + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        if (!problems.isEmpty()) {
            throw new BadSettings(problems);
        }
        return new Settings(listen, data, control, databases, pace, worker);
    }

    private Optional<String> given(Setting setting) {
        String option = options.get(setting);
        if (option != null) {
            return Optional.of(option);
        }
        String variable = environment.get(setting.variable());
        return variable != null && !variable.isBlank() ? Optional.of(variable.strip()) : setting.fallback();
    }

    private Path data() {
        String text = given(DATA).orElseThrow();
        try {
            return Path.of(text).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            problems.add(DATA + " is no path: '" + text + "'");
            return Path.of("");
        }
    }

    private Optional<ControlSettings> control() {
        Optional<String> url = given(CONTROL_DB);
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ControlSettings(
                    url.get(),
                    given(CONTROL_USER).orElse(""),
                    given(CONTROL_PASSWORD).orElse(""),
                    CONTROL_CONNECTIONS));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }

    /** Business time equals real time at the origin and runs {@code scale} times as fast from there. */
    private Pace pace() {
        double scale = scale();
        Duration tick = tick();
        Optional<Long> origin = whole(TIME_ORIGIN, 0, Long.MAX_VALUE);
        if (scale == 1 && origin.isEmpty()) {
            return new Pace(real, 1, tick);
        }
        Instant start = origin.map(Instant::ofEpochMilli).orElseGet(real::instant);
        return new Pace(new ScaledClock(real, start, start, scale), scale, tick);
    }

    private double scale() {
        String text = given(TIME_SCALE).orElseThrow();
        try {
            double scale = Double.parseDouble(text);
            if (scale >= 1 && scale <= 1e6) {
                return scale;
            }
        } catch (NumberFormatException e) {
            // The message below says what is expected.
        }
        problems.add(TIME_SCALE + " must be a number from 1 to 1000000, not '" + text + "'");
        return 1;
    }

    private Duration tick() {
        String text = given(TICK).orElseThrow();
        Matcher matcher = DURATION.matcher(text);
        Duration tick = Duration.ZERO;
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            tick = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                default -> Duration.ofMinutes(number);
            };
        }
        if (tick.isZero()) {
            problems.add(TICK + " must be a duration such as 100ms or 2s, not '" + text + "'");
            return Duration.ofMillis(100);
        }
        return tick;
    }

    private Optional<Long> whole(Setting setting, long min, long max) {
        Optional<String> text = given(setting);
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
}
