package dev.turnout.server.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the JSON values that phases left with a run: an older version may have left less. Pure. */
record Kept(Map<?, ?> values) {
    Optional<Kept> at(String name) {
        return values.get(name) instanceof Map<?, ?> map ? Optional.of(new Kept(map)) : Optional.empty();
    }

    String text(String name) {
        Object value = values.get(name);
        return value == null ? "" : String.valueOf(value);
    }

    long number(String name) {
        return values.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** Kept as milliseconds; shown with its unit. */
    String took(String name) {
        return words(Duration.ofMillis(number(name)));
    }

    List<Kept> list(String name) {
        List<Kept> list = new ArrayList<>();
        if (values.get(name) instanceof List<?> kept) {
            kept.forEach(each -> {
                if (each instanceof Map<?, ?> map) {
                    list.add(new Kept(map));
                }
            });
        }
        return list;
    }

    List<String> texts(String name) {
        return values.get(name) instanceof List<?> kept
                ? kept.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** Those values, in that order: JSON in a database has none of its own. */
    Map<String, Object> only(String... names) {
        Map<String, Object> only = new LinkedHashMap<>();
        for (String name : names) {
            Object value = values.get(name);
            only.put(name, value == null ? "" : value);
        }
        return only;
    }

    static String words(Duration span) {
        if (span.compareTo(Duration.ofSeconds(1)) < 0) {
            return span.toMillis() + " ms";
        }
        if (span.compareTo(Duration.ofMinutes(2)) < 0) {
            return String.format(Locale.ROOT, "%.1f s", span.toMillis() / 1e3);
        }
        if (span.compareTo(Duration.ofHours(2)) < 0) {
            return String.format(Locale.ROOT, "%.1f min", span.toSeconds() / 60.0);
        }
        return span.compareTo(Duration.ofDays(2)) < 0
                ? String.format(Locale.ROOT, "%.1f h", span.toMinutes() / 60.0)
                : String.format(Locale.ROOT, "%.1f d", span.toMinutes() / 1440.0);
    }
}
