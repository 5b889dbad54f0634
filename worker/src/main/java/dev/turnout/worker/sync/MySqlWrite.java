package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Transfer;
import java.util.Objects;

/**
 * The statements by which MySQL writes rows of a transfer. Values are assigned as the operator's expressions give them: the
 * server says when one does not fit. Immutable.
 */
record MySqlWrite(TransferSql sql) {
    private Transfer transfer() {
        return sql.transfer();
    }

    /** The rows that must stand, as they are assigned. */
    private String assigned(String walked, String which) {
        return "SELECT "
                + sql.columns().stream().map(this::up).collect(joining(",\n       "))
                + "\n  FROM " + walked + "\n WHERE " + which
                + transfer().where().map(where -> " AND (" + where + ")").orElse("");
    }

    private String up(String column) {
        return "(" + Objects.requireNonNull(transfer().up().get(column)) + ") AS " + quote(column);
    }

    /**
     * Inserts, or updates the row of the same {@code as}. A row that only some other unique key stands for is left as it is,
     * so whoever calls this must look whether the row is there.
     *
     * @param lock of the rows read, such as {@code LOCK IN SHARE MODE}
     */
    String upsert(String walked, String which, String lock) {
        String first = quote(transfer().as().get(0));
        String same = transfer().as().stream()
                .map(column -> there(column) + " <=> VALUES(" + quote(column) + ")")
                .collect(joining(" AND "));
        String updates = sql.carried().isEmpty()
                ? first + " = " + sql.into() + "." + first
                : sql.carried().stream()
                        .map(column -> quote(column) + " = IF(" + same + ", VALUES(" + quote(column) + "), "
                                + there(column) + ")")
                        .collect(joining(", "));
        return "INSERT INTO " + sql.into() + " (" + quoteAll(sql.columns()) + ")\n" + assigned(walked, which) + lock
                + "\nON DUPLICATE KEY UPDATE " + updates;
    }

    private String there(String column) {
        return sql.into() + "." + quote(column);
    }

    String remove(String keys) {
        return "DELETE new FROM " + sql.into() + " AS new JOIN " + keys + " ON "
                + sql.key().newIs("\"key\"")
                + "\n WHERE NOT EXISTS (SELECT 1 FROM " + sql.from() + " AS old WHERE "
                + sql.key().oldIs("\"key\"")
                + transfer().where().map(where -> " AND (" + where + ")").orElse("") + ")";
    }
}
