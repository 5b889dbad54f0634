package dev.turnout.worker.jdbc;

import java.util.Collection;
import java.util.stream.Collectors;

/** The one place that quotes names. A name is what the catalogue holds, never already quoted. */
public final class Identifiers {
    private Identifiers() {}

    /** @throws IllegalArgumentException when the name is empty or holds a NUL */
    public static String quote(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not a name: '" + name + "'");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String quoteAll(Collection<String> names) {
        return names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    }

    /** For the few places that take no parameter (DDL): a string literal. */
    public static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a literal must not hold NUL");
        }
        String doubled = text.replace("'", "''");
        return text.indexOf('\\') >= 0 ? " E'" + doubled.replace("\\", "\\\\") + "'" : "'" + doubled + "'";
    }
}
