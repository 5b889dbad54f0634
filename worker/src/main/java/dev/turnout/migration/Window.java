package dev.turnout.migration;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hours of the day in which the backfill may run: {@code 22:00-06:00 Europe/Berlin}.
 *
 * @param from included
 * @param to excluded; before {@code from} when the night lies between them
 */
public record Window(LocalTime from, LocalTime to, ZoneId zone) {
    static final String LIKE = "22:00-06:00 Europe/Berlin";
    private static final Pattern FORM = Pattern.compile("(\\d{1,2}:\\d{2})\\s*-\\s*(\\d{1,2}:\\d{2})(?:\\s+(\\S+))?");

    public Window {
        if (from.equals(to)) {
            throw new IllegalArgumentException("the window " + from + "-" + to + " has no length");
        }
    }

    /** Without a zone: UTC. Empty: it is none. */
    static Optional<Window> parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            String zone = Optional.ofNullable(form.group(3)).orElse("UTC");
            return Optional.of(new Window(time(form.group(1)), time(form.group(2)), ZoneId.of(zone)));
        } catch (DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static LocalTime time(String text) {
        return LocalTime.parse(text.length() == 4 ? "0" + text : text);
    }

    public boolean contains(Instant now) {
        LocalTime local = now.atZone(zone).toLocalTime();
        boolean begun = !local.isBefore(from);
        boolean ended = !local.isBefore(to);
        return from.isBefore(to) ? begun && !ended : begun || !ended;
    }

    @Override
    public String toString() {
        return from + "-" + to + " " + (zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
    }
}
