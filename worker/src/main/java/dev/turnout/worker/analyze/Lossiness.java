package dev.turnout.worker.analyze;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How much of an old column would be lost if it had to be rebuilt from the new side: the share of rows with {@code
 * down(up(x))} other than {@code x}. Read-only. Rows that only the old application ever wrote keep their old values, so
 * this is the price of the way back for rows whose new side was written, and no more.
 */
public final class Lossiness {
    private Lossiness() {}

    /** By column, JSON values. A table whose rows {@code up} or {@code down} cannot all read says so instead of a share. */
    public static Map<String, Object> measure(Connection connection, Move move) throws SQLException {
        Map<String, Object> report = new LinkedHashMap<>();
        for (Map.Entry<String, Move.Down> down : move.down().entrySet()) {
            var before = connection.setSavepoint();
            try {
                report.put(down.getKey(), measure(connection, move, down.getKey(), down.getValue()));
                connection.releaseSavepoint(before);
            } catch (SQLException e) {
                if (Failure.of(e) != Failure.BAD_DATA) {
                    throw e;
                }
                connection.rollback(before);
                report.put(down.getKey(), Map.of("measured", false, "because", Failure.words(e)));
            }
        }
        return report;
    }

    private static Map<String, Object> measure(Connection connection, Move move, String column, Move.Down down)
            throws SQLException {
        String back = down.otherwise()
                .map(otherwise -> "coalesce((" + down.from() + "), (" + otherwise + "))")
                .orElse("(" + down.from() + ")");
        Dialect dialect = Dialect.of(connection);
        Map<String, TableColumn> there = TableColumn.of(connection, move.table());
        TableColumn written = there.get(column);
        if (written == null) {
            throw new SQLException("the column " + move.table() + "." + column + " is gone", "42703");
        }
        // A row of the table as it would be after up: the alias new has all its columns.
        List<String> columns = new ArrayList<>();
        for (String name : there.keySet()) {
            String up = move.up().get(name);
            columns.add((up == null ? "old." + quote(name) : "(" + up + ")") + " AS " + quote(name));
        }
        String rebuilt = written.family() == TableColumn.Family.BINARY ? dialect.hex(back) : dialect.asText(back);
        String concerned = move.scope().where().map(where -> " WHERE " + where).orElse("");
        String pairs =
                """
                SELECT turnout_written AS written, %s AS rebuilt
                FROM (SELECT %s AS turnout_written, %s FROM %s AS old%s) AS new""".formatted(rebuilt, written.text("old"), String.join(", ", columns), quote(move.table()), concerned);
        String differ = dialect.differs(dialect.exactly("written"), dialect.exactly("rebuilt"));
        List<String> totals = Sql.rows(
                        connection,
                        "SELECT count(*), count(CASE WHEN %s THEN 1 END) FROM (%s) AS pairs".formatted(differ, pairs))
                .get(0);
        List<Map<String, Object>> samples = new ArrayList<>();
        for (List<String> sample : Sql.rows(
                connection, "SELECT written, rebuilt FROM (%s) AS pairs WHERE %s LIMIT 5".formatted(pairs, differ))) {
            samples.add(Map.of("written", sample.get(0), "rebuilt", sample.get(1)));
        }
        long rows = Long.parseLong(totals.get(0));
        long lost = Long.parseLong(totals.get(1));
        return Map.of(
                "measured", true, "rows", rows, "differing", lost, "percent", percent(lost, rows), "samples", samples);
    }

    private static BigDecimal percent(long part, long rows) {
        return rows == 0
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(part * 100).divide(BigDecimal.valueOf(rows), 2, RoundingMode.HALF_UP);
    }
}
