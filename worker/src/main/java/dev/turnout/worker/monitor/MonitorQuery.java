package dev.turnout.worker.monitor;

import dev.turnout.migration.Monitor;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs one monitoring query once and judges its row. The conditions are evaluated by the database over the columns of the
 * row. Never throws: a query that cannot be run is a measurement too, and says why. Stateless and thread-safe; blocks.
 */
final class MonitorQuery {
    private static final String FAILS = "turnout_fails";
    private static final String HOLDS = "turnout_holds";
    private static final String TOTAL = "total";
    private static final Duration LOCK = Duration.ofMillis(200);

    private MonitorQuery() {}

    /** @param now business time, bound to {@code :now} */
    static Measurement measure(Database database, Monitor monitor, Instant now) {
        long begun = System.nanoTime();
        try {
            Row row = database.readOnly(
                    new Limits(LOCK, monitor.timeout(), 1), connection -> run(connection, monitor, now));
            Judgement judgement = judge(monitor, row);
            return new Measurement(now, since(begun), judgement.verdict(), judgement.because(), row.values());
        } catch (SQLException e) {
            String what = Failure.of(e) == Failure.STATEMENT_TIMEOUT
                    ? "the query took longer than " + monitor.timeout().toMillis() + " ms"
                    : "the query failed: " + e.getMessage();
            return new Measurement(now, since(begun), Verdict.ERROR, what, Map.of());
        }
    }

    private static Duration since(long begunNanos) {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /** @param rows that the query gave: 0, 1, or 2 for any more; the rest is of the first */
    private record Row(int rows, Map<String, String> values, Optional<Boolean> fails, Optional<Boolean> holds) {}

    private static Row run(Connection connection, Monitor monitor, Instant now) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        SqlText.Bound bound = SqlText.bind(sql(dialect, monitor), Set.of("now"));
        try (PreparedStatement select = connection.prepareStatement(bound.sql())) {
            for (int i = 1; i <= bound.parameters().size(); i++) {
                select.setObject(i, dialect.moment(now));
            }
            select.setMaxRows(2);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return new Row(0, Map.of(), Optional.empty(), Optional.empty());
                }
                Map<String, String> values = values(row);
                Optional<Boolean> fails = condition(row, FAILS);
                Optional<Boolean> holds = condition(row, HOLDS);
                return new Row(row.next() ? 2 : 1, values, fails, holds);
            }
        }
    }

    /** The line ends keep a comment at the end of the operator's SQL from swallowing ours. */
    private static String sql(Dialect dialect, Monitor monitor) {
        String holds = monitor.successCondition().map(dialect::bool).orElse("true");
        return "SELECT r.*, " + dialect.bool(monitor.failureCondition()) + " AS " + FAILS + ", " + holds + " AS "
                + HOLDS + " FROM (" + monitor.sql() + "\n) r";
    }

    private static Map<String, String> values(ResultSet row) throws SQLException {
        Map<String, String> values = new LinkedHashMap<>();
        ResultSetMetaData columns = row.getMetaData();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnLabel(i);
            if (!name.equals(FAILS) && !name.equals(HOLDS)) {
                values.put(name, String.valueOf(row.getString(i)));
            }
        }
        return values;
    }

    private static Optional<Boolean> condition(ResultSet row, String name) throws SQLException {
        boolean value = row.getBoolean(name);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    private record Judgement(Verdict verdict, String because) {}

    private static Judgement judge(Monitor monitor, Row row) {
        if (row.rows() != 1) {
            return inconclusive(row.rows() == 0 ? "the query gave no row" : "the query gave more than one row");
        }
        if (monitor.minSample() > 0) {
            Optional<String> few = tooFew(monitor, row.values());
            if (few.isPresent()) {
                return inconclusive(few.get());
            }
        }
        if (row.fails().isEmpty() || row.holds().isEmpty()) {
            return inconclusive("a condition is NULL");
        }
        if (row.fails().get()) {
            return new Judgement(Verdict.FAILURE, "fails when " + monitor.failureCondition());
        }
        return row.holds().get()
                ? new Judgement(Verdict.SUCCESS, "does not fail when " + monitor.failureCondition())
                : inconclusive("neither fails nor is ok when "
                        + monitor.successCondition().orElse(""));
    }

    private static Optional<String> tooFew(Monitor monitor, Map<String, String> values) {
        String total = values.get(TOTAL);
        if (total == null) {
            return Optional.of("min sample wants a column named total");
        }
        try {
            boolean enough = new BigDecimal(total).compareTo(BigDecimal.valueOf(monitor.minSample())) >= 0;
            return enough
                    ? Optional.empty()
                    : Optional.of("total is " + total + ", at least " + monitor.minSample() + " wanted");
        } catch (NumberFormatException e) {
            return Optional.of("total is no number: " + total);
        }
    }

    private static Judgement inconclusive(String because) {
        return new Judgement(Verdict.INCONCLUSIVE, because);
    }
}
