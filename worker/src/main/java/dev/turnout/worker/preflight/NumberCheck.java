package dev.turnout.worker.preflight;

import dev.turnout.migration.Spec;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Numbering;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.sync.TransferSql;
import dev.turnout.worker.verify.FreeNumbers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Whether both sides of a transfer number their new rows, each for itself. While some units write the old side and some the
 * new one, two different rows may then get one number, and be taken for one. It is a warning: whether an application gives
 * the numbers itself, or draws them in steps that never meet, nobody can see here.
 */
record NumberCheck(Connection connection, Spec spec, Transfer transfer, Findings.Notes notes) {
    void run(TransferSql sql) throws SQLException {
        for (String problem : FreeNumbers.immovable(connection, spec, transfer)) {
            notes.problem("move " + transfer.name() + ": " + problem, "or connect as that role");
        }
        if (transfer.down().isEmpty()) {
            return;
        }
        for (String column : transfer.as()) {
            String key = transfer.keyColumn(column).orElse("");
            if (!key.isEmpty() && (Dialect.of(connection).mysql() ? inMySql(key, column) : apart(sql, key, column))) {
                notes.warning("move " + transfer.name() + ": " + transfer.from().table() + "." + key + " and "
                        + transfer.into().table() + "." + column
                        + " are numbered by two sequences, so a row of the old application and one of the new may get the"
                        + " same number" + apart()
                        + " — let both draw from one sequence, or keep the two apart until the"
                        + " contract: far from each other, or in steps of two from different starts");
            }
        }
    }

    private String apart() throws SQLException {
        return Dialect.of(connection).mysql()
                ? ""
                : "; before the ramp that of the new side is moved " + Numbering.FAR + " numbers ahead for this reason";
    }

    private boolean apart(TransferSql sql, String key, String column) throws SQLException {
        return Numbering.meet(connection, sql.from(), key, sql.into(), column, Numbering.FAR);
    }

    private boolean inMySql(String key, String column) throws SQLException {
        return numbered(transfer.from().in(spec.database().schema()), key) && numbered(spec.into(transfer), column);
    }

    private boolean numbered(TableName table, String column) throws SQLException {
        List<List<String>> rows = Sql.rows(
                connection,
                "SELECT 1 FROM information_schema.columns WHERE table_schema = coalesce(nullif(?, ''), database())"
                        + " AND table_name = ? AND column_name = ? AND extra LIKE '%auto_increment%'",
                table.schema().orElse(""),
                table.table(),
                column);
        return !rows.isEmpty();
    }
}
