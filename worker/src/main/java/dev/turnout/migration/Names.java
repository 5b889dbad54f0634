package dev.turnout.migration;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Names of tables and columns as the catalogue has them, without quotes and schema. */
final class Names {
    /** PostgreSQL cuts longer ones off silently. */
    private static final int MOST_BYTES = 63;

    private Names() {}

    static void check(Part where, String name) {
        if (name.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            where.wrong("the name '" + name + "' is longer than 63 bytes", "PostgreSQL would cut it off: shorten it");
        } else if (name.contains("\"") || name.contains(".")) {
            where.wrong(
                    "'" + name + "' is not the bare name of a table or column",
                    "write it as the database stores it, without quotes and without a schema");
        }
    }

    static String one(Part part) {
        String name = part.text();
        check(part, name);
        return name;
    }

    /** One name or a list of them, each once. */
    static List<String> several(Part part) {
        List<String> names =
                part.isList() ? part.list().stream().map(Names::one).toList() : List.of(Names.one(part));
        Set<String> distinct = new LinkedHashSet<>(names);
        if (distinct.size() < names.size()) {
            part.wrong(part.name() + " names a column twice", "keep one of them");
        }
        if (names.isEmpty()) {
            part.wrong(part.name() + " is empty", "name at least one column");
        }
        return List.copyOf(distinct);
    }

    /** {@code table}, or {@code schema.table}. */
    static TableName table(Part part) {
        String text = part.text();
        int dot = text.indexOf('.');
        if (dot < 0) {
            check(part, text);
            return TableName.of(text);
        }
        check(part, text.substring(0, dot));
        check(part, text.substring(dot + 1));
        return new TableName(Optional.of(text.substring(0, dot)), text.substring(dot + 1));
    }

    /** {@code table.column}; reports anything else. */
    static Optional<ColumnRef> column(Part where, String text) {
        String[] names = text.split("\\.", -1);
        if (names.length != 2 || names[0].isEmpty() || names[1].isEmpty()) {
            where.wrong("'" + text + "' is no column", "write it as table.column");
            return Optional.empty();
        }
        check(where, names[0]);
        check(where, names[1]);
        return Optional.of(new ColumnRef(names[0], names[1]));
    }
}
