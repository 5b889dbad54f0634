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
 * Shows that the comparison of a transfer would notice: in copies of a few rows of both sides it plants a wrong value per
 * column, a row too many, one too few, two that are exchanged and a pair that cancels itself out in an xor, and expects the
 * very statement of the verification to find each. Stateless and thread-safe; leaves nothing behind.
 */
final class TransferControl {
    private static final String OLD = "pg_temp.turnout_copy_old";
    private static final String NEW = "pg_temp.turnout_copy_new";
    private static final int ROWS = 50;
    /** Rows that feed the copied ones may change, and copied ones be put aside, between two statements; not that often. */
    private static final int ATTEMPTS = 5;

    private TransferControl() {}

    static NegativeControl.Finding run(Site site, Transfer transfer) throws SQLException {
        if (site.database().dialect().mysql()) {
            return new MySqlTransferControl(site, transfer).run();
        }
        return site.database().transaction(Limits.SCAN, connection -> {
            SearchPath.of(connection, site.spec(), Side.OLD);
            Source source = Source.of(site.spec(), transfer);
            KeySql key = KeySql.of(connection, source);
            TransferSql sql = TransferSql.of(connection, site.spec(), transfer);
            TransferSql copies = sql.over(OLD, NEW);
            TransferQuery query = new TransferQuery(site, source, copies, key);
            String aside = RejectedRows.isRejected(site, source, key);
            NegativeControl.Finding finding = new NegativeControl.Finding(
                    List.of("a copy of " + transfer.name() + " differs from what it was made of"), List.of());
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                copyOld(connection, sql, aside);
                copyNew(connection, sql, copies);
                if (query.run(connection, KeyRange.all()).differing() == 0) {
                    finding = wrongs(transfer).plant(connection, query, transfer.into());
                    if (finding.blind().isEmpty() || !holdsRejected(connection, aside)) {
                        return finding;
                    }
                }
            }
            return finding;
        });
    }

    /** A copied row may have been put aside since: the verifier passes over it, and rightly. */
    private static boolean holdsRejected(Connection connection, String aside) throws SQLException {
        return !Sql.rows(connection, "SELECT 1 FROM " + OLD + " AS old WHERE " + aside + " LIMIT 1")
                .isEmpty();
    }

    private static void copyOld(Connection connection, TransferSql sql, String aside) throws SQLException {
        Sql.run(connection, "DROP TABLE IF EXISTS " + OLD);
        Sql.run(
                connection,
                "CREATE TEMP TABLE turnout_copy_old ON COMMIT DROP AS SELECT old.* FROM " + sql.from()
                        + " AS old WHERE CASE WHEN " + aside + " THEN false ELSE " + sql.where() + " END LIMIT "
                        + ROWS);
    }

    private static void copyNew(Connection connection, TransferSql sql, TransferSql copies) throws SQLException {
        Sql.run(connection, "DROP TABLE IF EXISTS " + NEW);
        Sql.run(
                connection,
                "CREATE TEMP TABLE turnout_copy_new ON COMMIT DROP AS SELECT new.* FROM " + sql.into()
                        + " AS new WHERE false");
        Sql.run(
                connection,
                "INSERT INTO " + NEW + " (" + quoteAll(sql.transfer().up().keySet()) + ") " + copies.wanted("true"));
    }

    private static Wrongs wrongs(Transfer transfer) {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        transfer.up().keySet().forEach(column -> columns.put(column, List.of(missing(column), another(column))));
        return new Wrongs(columns, wrongRows(transfer));
    }

    private static String first() {
        return "(SELECT f.ctid FROM " + NEW + " f ORDER BY f.ctid LIMIT 1)";
    }

    private static String missing(String column) {
        String name = quote(column);
        return "UPDATE " + NEW + " SET " + name + " = NULL WHERE ctid = (SELECT f.ctid FROM " + NEW + " f WHERE f."
                + name + " IS NOT NULL LIMIT 1)";
    }

    private static String another(String column) {
        String name = quote(column);
        return "UPDATE " + NEW + " c SET " + name + " = o." + name + " FROM " + NEW + " o WHERE c.ctid = "
                + first() + " AND o.ctid = (SELECT x.ctid FROM " + NEW + " x JOIN " + NEW + " y ON y.ctid = " + first()
                + " WHERE x." + name + "::text <> y." + name + "::text LIMIT 1)";
    }

    private static Map<String, String> wrongRows(Transfer transfer) {
        Map<String, String> wrong = new LinkedHashMap<>();
        String row = "DELETE FROM " + NEW + " WHERE ctid = " + first();
        wrong.put("a missing row", row);
        String columns = quoteAll(transfer.up().keySet());
        wrong.put(
                "a row that stands twice",
                "INSERT INTO " + NEW + " (" + columns + ") SELECT " + columns + " FROM " + NEW + " WHERE ctid = "
                        + first());
        wrong.put(
                "a pair that cancels itself out",
                "INSERT INTO " + NEW + " (" + columns + ") SELECT " + columns + " FROM " + NEW
                        + ", generate_series(1, 2) AS twice WHERE " + NEW + ".ctid = " + first());
        List<String> values = transfer.up().keySet().stream()
                .filter(column -> !transfer.as().contains(column))
                .toList();
        if (!values.isEmpty()) {
            wrong.put("two rows exchanged", exchanged(values));
        }
        wrong.put("a row too many", "DELETE FROM " + OLD + " WHERE ctid = (SELECT f.ctid FROM " + OLD + " f LIMIT 1)");
        return wrong;
    }

    private static String exchanged(List<String> values) {
        String differing = values.stream()
                .map(column -> "x." + quote(column) + "::text IS DISTINCT FROM y." + quote(column) + "::text")
                .collect(joining(" OR "));
        String pair = "(SELECT x.ctid AS a, y.ctid AS b FROM " + NEW + " x JOIN " + NEW + " y ON x.ctid < y.ctid AND ("
                + differing + ") LIMIT 1) AS pair";
        String sets = values.stream()
                .map(column -> quote(column) + " = o." + quote(column))
                .collect(joining(", "));
        return "UPDATE " + NEW + " c SET " + sets + " FROM " + NEW + " o, " + pair
                + " WHERE (c.ctid = pair.a AND o.ctid = pair.b) OR (c.ctid = pair.b AND o.ctid = pair.a)";
    }
}
