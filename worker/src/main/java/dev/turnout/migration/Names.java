package dev.turnout.migration;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

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
