package dev.turnout.worker.preflight;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Subqueries;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** What keeps MySQL's triggers from carrying a transfer, and not PostgreSQL's. Locks nothing. */
record MySqlTransferCheck(Connection connection, Spec spec, Transfer transfer, Findings.Notes notes) {
    void run() throws SQLException {
        old(transfer.from().in(spec.place(Side.OLD).schema()));
        for (String table : transfer.touchedBy().keySet()) {
            old(TableName.of(table).in(spec.place(Side.OLD).schema()));
        }
        fresh();
        if (expressions().anyMatch(Subqueries::joined)) {
            notes.problem(
                    "the move " + transfer.name() + " puts queries together that have no parentheses of their own",
                    "write (SELECT …) UNION (SELECT …): each must lock what it reads");
        }
    }

    private void old(TableName table) throws SQLException {
        cascades(table, "the new side would never hear of it");
    }

    /** Of the new table, which an expand step may only have made in a trial. */
    void fresh() throws SQLException {
        cascades(spec.into(transfer), "the old side would never hear of it");
    }

    private Stream<String> expressions() {
        Stream<String> downs = transfer.down().values().stream().map(Move.Down::from);
        Stream<String> otherwise = transfer.down().values().stream().flatMap(down -> down.otherwise().stream());
        return Stream.of(
                        transfer.up().values().stream(),
                        transfer.where().stream(),
                        transfer.touchedBy().values().stream(),
                        downs,
                        otherwise)
                .flatMap(expression -> expression);
    }

    /** InnoDB changes rows for a foreign key without telling any trigger. */
    private void cascades(TableName table, String consequence) throws SQLException {
        for (List<String> row : Sql.rows(connection, """
                SELECT constraint_name, delete_rule, update_rule FROM information_schema.referential_constraints
                WHERE constraint_schema = coalesce(nullif(?, ''), database()) AND table_name = ?
                  AND (delete_rule IN ('CASCADE', 'SET NULL') OR update_rule IN ('CASCADE', 'SET NULL'))
                ORDER BY constraint_name""", table.schema().orElse(""), table.table())) {
            notes.problem(
                    "the foreign key %s changes rows of %s by itself (ON DELETE %s, ON UPDATE %s), and no trigger fires for that: %s"
                            .formatted(row.get(0), table.table(), row.get(1), row.get(2), consequence),
                    "make it RESTRICT for the time of the run, and let the application do what it did");
        }
    }
}
