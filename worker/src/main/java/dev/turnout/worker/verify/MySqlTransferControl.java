package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Side;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.TransferSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link TransferControl} on MySQL, whose temporary tables cannot be read twice in one statement: in two tables of its own,
 * without any index but the number of the row, whose rows are rolled back. Immutable.
 */
record MySqlTransferControl(Site site, Transfer transfer) {
    private static final int ROWS = 50;
    /** Rows that feed the copied ones may change between two statements; not that often. */
    private static final int ATTEMPTS = 5;

    private static final String NUMBER = "turnout_row";

    private String oldCopy() {
        return quote("turnout_control_old_" + site.run() + "_" + ordinal());
    }

    private String newCopy() {
        return quote("turnout_control_new_" + site.run() + "_" + ordinal());
    }

    private int ordinal() {
        return site.spec().transfers().indexOf(transfer);
    }

    NegativeControl.Finding run() throws SQLException {
        make();
        try {
            return site.database().transaction(Limits.SCAN, connection -> {
                try {
                    return run(connection);
                } finally {
                    connection.rollback();
                }
            });
        } finally {
            drop();
        }
    }

    private void make() throws SQLException {
        SchemaChange.run(site, Limits.DDL, connection -> {
            SearchPath.of(connection, site.spec(), Side.OLD);
            TransferSql sql = TransferSql.of(connection, site.spec(), transfer);
            Sql.run(connection, "DROP TABLE IF EXISTS " + oldCopy() + ", " + newCopy());
            for (List<String> copy : List.of(List.of(oldCopy(), sql.from()), List.of(newCopy(), sql.into()))) {
                // Of the empty side of an outer join every column may be NULL.
                Sql.run(
                        connection,
                        "CREATE TABLE " + copy.get(0) + " (" + NUMBER
                                + " bigint NOT NULL AUTO_INCREMENT PRIMARY KEY) ENGINE = InnoDB SELECT r.*"
                                + " FROM (SELECT 1 AS turnout_one) AS one LEFT JOIN " + copy.get(1)
                                + " AS r ON false WHERE false");
            }
            return transfer;
        });
    }

    private void drop() throws SQLException {
        SchemaChange.run(site, Limits.DDL, connection -> {
            SearchPath.of(connection, site.spec(), Side.OLD);
            Sql.run(connection, "DROP TABLE IF EXISTS " + oldCopy() + ", " + newCopy());
            return transfer;
        });
    }

    private NegativeControl.Finding run(Connection connection) throws SQLException {
        SearchPath.of(connection, site.spec(), Side.OLD);
        Source source = Source.of(site.spec(), transfer);
        KeySql key = KeySql.of(connection, source);
        TransferSql sql = TransferSql.of(connection, site.spec(), transfer);
        TransferSql copies = sql.over(oldCopy(), newCopy());
        TransferQuery query = new TransferQuery(site, source, copies, key);
        String columns = quoteAll(sql.writtenOfOld());
        Sql.statement(
                connection,
                "INSERT INTO " + oldCopy() + " (" + columns + ") SELECT " + columns + " FROM " + sql.from()
                        + " AS old WHERE CASE WHEN " + RejectedRows.isRejected(site, source, key)
                        + " THEN false ELSE " + sql.where() + " END LIMIT " + ROWS);
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Sql.statement(connection, "DELETE FROM " + newCopy());
            Sql.statement(
                    connection,
                    "INSERT INTO " + newCopy() + " (" + quoteAll(transfer.up().keySet()) + ") "
                            + copies.wanted("true"));
            if (query.run(connection, KeyRange.all()).differing() == 0) {
                return wrongs(sql).plant(connection, query, transfer.into());
            }
        }
        return new NegativeControl.Finding(
                List.of("a copy of " + transfer.name() + " differs from what it was made of"), List.of());
    }

    private Wrongs wrongs(TransferSql sql) {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        transfer.up().keySet().forEach(column -> columns.put(column, List.of(missing(column), another(sql, column))));
        return new Wrongs(columns, wrongRows(sql));
    }

    private String first(String table, String where) {
        return "(SELECT * FROM " + table + " AS x WHERE " + where + " ORDER BY x." + NUMBER + " LIMIT 1)";
    }

    private String missing(String column) {
        return "UPDATE " + newCopy() + " AS c JOIN " + first(newCopy(), "x." + quote(column) + " IS NOT NULL")
                + " AS f ON f." + NUMBER + " = c." + NUMBER + " SET c." + quote(column) + " = NULL";
    }

    private String another(TransferSql sql, String column) {
        return "UPDATE " + newCopy() + " AS c JOIN " + first(newCopy(), "true") + " AS f ON f." + NUMBER + " = c."
                + NUMBER + " JOIN (SELECT x." + quote(column) + " AS other FROM " + newCopy() + " AS x JOIN "
                + first(newCopy(), "true") + " AS y WHERE " + sql.differs(column, "x", "y") + " LIMIT 1) AS o SET c."
                + quote(column) + " = o.other";
    }

    private Map<String, String> wrongRows(TransferSql sql) {
        Map<String, String> wrong = new LinkedHashMap<>();
        String columns = quoteAll(transfer.up().keySet());
        String twice = "INSERT INTO " + newCopy() + " (" + columns + ") SELECT " + columns + " FROM ";
        String row = first(newCopy(), "true") + " AS f";
        wrong.put("a missing row", "DELETE FROM " + newCopy() + " ORDER BY " + NUMBER + " LIMIT 1");
        wrong.put("a row that stands twice", twice + row);
        wrong.put("a pair that cancels itself out", twice + row + " JOIN (SELECT 1 AS n UNION ALL SELECT 2) AS pair");
        List<String> values = transfer.up().keySet().stream()
                .filter(column -> !transfer.as().contains(column))
                .toList();
        if (!values.isEmpty()) {
            wrong.put("two rows exchanged", exchanged(sql, values));
        }
        wrong.put("a row too many", "DELETE FROM " + oldCopy() + " ORDER BY " + NUMBER + " LIMIT 1");
        return wrong;
    }

    private String exchanged(TransferSql sql, List<String> values) {
        String differing =
                values.stream().map(column -> sql.differs(column, "x", "y")).collect(joining(" OR "));
        String pair = "(SELECT x." + NUMBER + " AS a, y." + NUMBER + " AS b FROM " + newCopy() + " AS x JOIN "
                + newCopy() + " AS y ON x." + NUMBER + " < y." + NUMBER + " AND (" + differing + ") LIMIT 1) AS pair";
        String others = "(SELECT * FROM " + newCopy() + " AS z LIMIT " + ROWS + ") AS o";
        return "UPDATE " + newCopy() + " AS c JOIN " + pair + " ON c." + NUMBER + " IN (pair.a, pair.b) JOIN " + others
                + " ON o." + NUMBER + " = pair.a + pair.b - c." + NUMBER + " SET "
                + values.stream()
                        .map(column -> "c." + quote(column) + " = o." + quote(column))
                        .collect(joining(", "));
    }
}
