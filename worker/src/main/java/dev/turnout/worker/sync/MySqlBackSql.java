package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Dialect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The bodies of the triggers of one table of the new side on MySQL, for every transfer that goes into it: what the new
 * application writes goes to the old side, or is refused where a transfer has no way back. Immutable.
 */
record MySqlBackSql(List<MySqlCarrySql> carries) {
    /** The longest text that a condition may carry. */
    static final int MESSAGE = 128;

    /** By event: INSERT, UPDATE, DELETE. */
    Map<String, String> bodies() {
        Map<String, String> bodies = new LinkedHashMap<>();
        bodies.put("INSERT", body(carry -> back(carry, "NEW"), carry -> refused(carry, owned(carry, "NEW"))));
        bodies.put("UPDATE", body(MySqlBackSql::moved, carry -> refused(carry, changed(carry))));
        bodies.put("DELETE", body(carry -> back(carry, "OLD"), carry -> refused(carry, owned(carry, "OLD"))));
        return bodies;
    }

    /** A write that comes from the old side does not go back there. */
    private String body(Function<MySqlCarrySql, String> back, Function<MySqlCarrySql, String> refuse) {
        return carries.stream()
                .map(carry -> "IF NOT " + MySqlCarrySql.guarded(carry.up()) + " THEN\n"
                        + (carry.sql().transfer().down().isEmpty() ? refuse : back).apply(carry) + "\nEND IF;")
                .collect(joining("\n", "BEGIN\n", "\nEND"));
    }

    private static String moved(MySqlCarrySql carry) {
        TransferSql sql = carry.sql();
        String same = sql.transfer().as().stream()
                .map(column ->
                        "NOT (" + sql.dialect().differs(sql.shown("OLD", column), sql.shown("NEW", column)) + ")")
                .collect(joining(" AND "));
        return oneWay(carry, same) + "IF NOT (" + same + ") THEN\n" + back(carry, "OLD") + "\nEND IF;\n"
                + back(carry, "NEW");
    }

    /** What does not come back would be lost with the next change of the old row. */
    private static String oneWay(MySqlCarrySql carry, String same) {
        TransferSql sql = carry.sql();
        return sql.oneWay().stream()
                .map(column -> "IF " + owned(carry, "NEW") + " AND " + same + " AND ("
                        + sql.dialect().differs(sql.shown("OLD", column), sql.shown("NEW", column)) + ") THEN\n"
                        + signal(column + " comes from the old side alone: the move "
                                + sql.transfer().name() + " has no way back for it")
                        + "\nEND IF;\n")
                .collect(joining());
    }

    private static String back(MySqlCarrySql carry, String row) {
        Transfer transfer = carry.sql().transfer();
        String key = transfer.key().stream()
                .map(name -> row + "." + quote(carry.sql().key().holder(name)))
                .collect(joining(", "));
        return "IF " + owned(carry, row) + " THEN CALL " + carry.called(carry.backName()) + "(" + key + "); END IF;";
    }

    /** True for a row of this transfer. */
    private static String owned(MySqlCarrySql carry, String row) {
        Transfer transfer = carry.sql().transfer();
        return transfer.as().stream()
                .filter(column -> transfer.keyColumn(column).isEmpty())
                .map(column -> " AND " + row + "." + quote(column) + " = "
                        + Objects.requireNonNull(transfer.up().get(column)))
                .collect(joining("", "(TRUE", ")"));
    }

    /** Columns that the transfer does not map are the new application's own. */
    private static String changed(MySqlCarrySql carry) {
        TransferSql sql = carry.sql();
        String differs = sql.columns().stream()
                .map(column -> sql.dialect().differs(sql.shown("OLD", column), sql.shown("NEW", column)))
                .collect(joining(" OR "));
        return "(" + owned(carry, "NEW") + " OR " + owned(carry, "OLD") + ") AND (" + differs + ")";
    }

    private static String refused(MySqlCarrySql carry, String which) {
        Transfer transfer = carry.sql().transfer();
        return "IF " + which + " THEN\n"
                + signal("these rows come from " + transfer.from() + " alone: the move " + transfer.name()
                        + " has no way back")
                + "\nEND IF;";
    }

    static String signal(String message) {
        String text = message.length() <= MESSAGE ? message : message.substring(0, MESSAGE - 1) + "…";
        return "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = " + Dialect.MYSQL.literal(text) + ";";
    }
}
