package dev.turnout.server.http;

import dev.turnout.migration.Bundle;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where in a spec the thing stands that a look at the live database complains of: it tells in words which move or column it
 * means. Pure.
 */
final class Place {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][\\w-]*(?:\\.sql)?");

    private Place() {}

    /**
     * Goes down from key to key as the words name them: {@code up reservations.period} is the line of {@code period:} below
     * {@code reservations:}.
     *
     * @return the line, from 1; empty when no key is named
     */
    static OptionalInt of(String finding, Bundle bundle) {
        List<String> lines = Objects.requireNonNull(bundle.files().get(bundle.main()))
                .lines()
                .toList();
        // How to mend it names other things.
        Matcher names = NAME.matcher(finding.split(" — ", 2)[0]);
        int at = -1;
        while (names.find()) {
            for (int i = at + 1; i < lines.size(); i++) {
                if (stands(names.group(), lines.get(i))) {
                    at = i;
                    break;
                }
            }
        }
        return at < 0 ? OptionalInt.empty() : OptionalInt.of(at + 1);
    }

    /** As a key, or as a file. */
    private static boolean stands(String name, String line) {
        String text = line.strip().replaceFirst("^- *", "").replaceAll("^[{\"']+ *", "");
        return name.endsWith(".sql") ? text.contains(name) : text.matches(Pattern.quote(name) + "[\"']?\\s*:.*");
    }
}
