package dev.turnout.worker.monitor;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Monitor;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Runs one monitoring query in SQL once and judges what it gives. The conditions are evaluated by the database over the
 * columns of the row. Never throws: a query that cannot be run is a measurement too, and says why. Stateless and
 * thread-safe; blocks.
 */
final class MonitorQuery {
    private static final String FAILS = "turnout_fails";
    private static final String HOLDS = "turnout_holds";
    private static final Duration LOCK = Duration.ofMillis(200);
    /** Of MySQL: it took a text for a number, 0 where there was none in it. */
    private static final Set<Integer> TEXT_TAKEN_FOR_A_NUMBER = Set.of(1292, 1366);
    /** What is kept of a row, for evidence and charts. */
    private static final int MOST_COLUMNS = 40;

    private static final int LONGEST_VALUE = 200;

    private MonitorQuery() {}

    /**
     * @param since business time, bound to {@code :from}
     * @param now business time, bound to {@code :now}
     */
    static Measurement measure(Database database, Monitor monitor, Instant since, Instant now) {
        long begun = System.nanoTime();
        Judgement judgement;
        try {
            judgement = database.readOnly(
                    new Limits(LOCK, monitor.timeout(), 1),
                    connection -> monitor.rule().arms()
                            ? arms(connection, monitor, since, now)
                            : row(connection, monitor, since, now));
        } catch (SQLException e) {
            judgement = Judgement.error(
                    Failure.of(e) == Failure.STATEMENT_TIMEOUT
                            ? "the query took longer than " + monitor.timeout().toMillis() + " ms"
                            : "the query failed: " + Failure.words(e));
        }
        return judgement.measured(now, Duration.ofNanos(System.nanoTime() - begun));
    }

    private static Judgement arms(Connection connection, Monitor monitor, Instant since, Instant now)
            throws SQLException {
        List<Map<String, String>> rows = new ArrayList<>();
        try (PreparedStatement select = new BoundSql(Dialect.of(connection))
                .add(monitor.query().text(), since, now)
                .prepare(connection)) {
            select.setMaxRows(3);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(values(row));
                }
            }
        }
        return ArmRows.judge(rows);
    }

    private static Judgement row(Connection connection, Monitor monitor, Instant since, Instant now)
            throws SQLException {
        try (PreparedStatement select = sql(connection, monitor, since, now).prepare(connection)) {
            select.setMaxRows(2);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Judgement.inconclusive("the query gave no row" + before(monitor), Map.of());
                }
                Map<String, String> values = values(row);
                Judgement.Row read = new Judgement.Row(values, condition(row, FAILS), condition(row, HOLDS));
                if (row.next()) {
                    return Judgement.inconclusive("the query gave more than one row" + before(monitor), values);
                }
                return textTakenForANumber(select)
                        .map(words ->
                                Judgement.inconclusive("a text stands where a number is wanted: " + words, values))
                        .orElseGet(() -> Judgement.of(monitor, read));
            }
        }
    }

    private static String before(Monitor monitor) {
        return monitor.rule().baseline().isPresent() ? ", now or as of the baseline" : "";
    }

    /** MySQL compares a text with a number as if it were 0, and only warns. */
    private static Optional<String> textTakenForANumber(PreparedStatement select) throws SQLException {
        for (SQLWarning warning = select.getWarnings(); warning != null; warning = warning.getNextWarning()) {
            if (TEXT_TAKEN_FOR_A_NUMBER.contains(warning.getErrorCode())) {
                return Optional.of(Failure.words(warning));
            }
        }
        return Optional.empty();
    }

    /** The line ends keep a comment at the end of the operator's SQL from swallowing ours. */
    private static BoundSql sql(Connection connection, Monitor monitor, Instant since, Instant now)
            throws SQLException {
        Dialect dialect = Dialect.of(connection);
        String text = monitor.query().text();
        BoundSql sql = new BoundSql(dialect);
        String holds = monitor.rule().successCondition().map(dialect::bool).orElse("true");
        String conditions =
                dialect.bool(monitor.rule().failureCondition()) + " AS " + FAILS + ", " + holds + " AS " + HOLDS;
        Optional<Duration> baseline = monitor.rule().baseline();
        if (baseline.isEmpty()) {
            return sql.add("SELECT r.*, " + conditions + " FROM (", since, now)
                    .add(text, since, now)
                    .add("\n) r");
        }
        Instant then = now.minus(baseline.get());
        Instant sinceThen = since.minus(baseline.get());
        String columns = columns(connection, text, sinceThen, then).stream()
                .map(column -> quote(column) + " AS " + quote("baseline_" + column))
                .collect(Collectors.joining(", "));
        return sql.add("SELECT r.*, b.*, " + conditions + " FROM (", since, now)
                .add(text, since, now)
                .add("\n) r CROSS JOIN (SELECT " + columns + " FROM (")
                .add(text, sinceThen, then)
                .add("\n) q) b");
    }

    private static List<String> columns(Connection connection, String text, Instant since, Instant now)
            throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement select = new BoundSql(Dialect.of(connection))
                        .add("SELECT q.* FROM (")
                        .add(text, since, now)
                        .add("\n) q LIMIT 0")
                        .prepare(connection);
                ResultSet none = select.executeQuery()) {
            for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
                columns.add(none.getMetaData().getColumnLabel(i));
            }
        }
        return columns;
    }

    private static Map<String, String> values(ResultSet row) throws SQLException {
        Map<String, String> values = new LinkedHashMap<>();
        ResultSetMetaData columns = row.getMetaData();
        for (int i = 1; i <= columns.getColumnCount() && values.size() < MOST_COLUMNS; i++) {
            String name = columns.getColumnLabel(i);
            if (!name.equals(FAILS) && !name.equals(HOLDS)) {
                String value = String.valueOf(row.getString(i));
                values.put(name, value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) + "…" : value);
            }
        }
        return values;
    }

    private static Optional<Boolean> condition(ResultSet row, String name) throws SQLException {
        boolean value = row.getBoolean(name);
        return row.wasNull() ? Optional.empty() : Optional.of(value);
    }

    /** A statement put together of ours and the operator's, with the moments that stand in the latter. */
    private static final class BoundSql {
        private final Dialect dialect;
        private final StringBuilder sql = new StringBuilder();
        private final List<Object> moments = new ArrayList<>();

        BoundSql(Dialect dialect) {
            this.dialect = dialect;
        }

        BoundSql add(String ours) {
            sql.append(ours);
            return this;
        }

        BoundSql add(String text, Instant since, Instant now) {
            SqlText.Bound bound = SqlText.bind(text, Set.of("now", "from"));
            sql.append(bound.sql());
            bound.parameters().forEach(name -> moments.add(dialect.moment(name.equals("now") ? now : since)));
            return this;
        }

        PreparedStatement prepare(Connection connection) throws SQLException {
            PreparedStatement select = connection.prepareStatement(sql.toString());
            for (int i = 1; i <= moments.size(); i++) {
                select.setObject(i, moments.get(i - 1));
            }
            return select;
        }
    }
}
