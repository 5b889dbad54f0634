package dev.turnout.server.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Instants and spans in words. Pure. */
record Times(Instant now) {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    String absolute(Instant at) {
        return DAY.format(at);
    }

    String relative(Instant at) {
        Duration since = Duration.between(at, now);
        if (since.abs().toSeconds() < 1) {
            return "now";
        }
        return since.isNegative() ? "in " + span(since.abs()) : span(since) + " ago";
    }

    /** The two largest units say enough. */
    static String span(Duration span) {
        long seconds = span.toSeconds();
        if (seconds >= 86_400) {
            return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
        }
        if (seconds >= 3600) {
            return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
        }
        if (seconds >= 60) {
            return two(seconds / 60, "min", seconds < 600 ? seconds % 60 : 0, "s");
        }
        return seconds > 0 ? seconds + " s" : span.toMillis() + " ms";
    }

    private static String two(long large, String unit, long small, String smaller) {
        return large + " " + unit + (small > 0 ? " " + small + " " + smaller : "");
    }

    /** As documents have them: ISO 8601. */
    static String span(Doc document, String name) {
        return document.duration(name).map(Times::span).orElse(document.text(name));
    }
}
