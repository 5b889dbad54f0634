package dev.turnout.worker.preflight;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Monitor;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Explains a monitoring query and its conditions on MySQL, where all they name exists; runs neither. */
record MySqlMonitorCheck(Connection connection, Dialect dialect) {
    void explain(Monitor monitor) throws SQLException {
        Monitor.Rule rule = monitor.rule();
        String query = atSomeTime(monitor.query().text());
        if (rule.arms()) {
            explain("SELECT arm, total, failed FROM (" + query + "\n) AS measured");
            return;
        }
        String conditions = dialect.bool(atSomeTime(rule.failureCondition()))
                + rule.successCondition()
                        .map(ok -> ", " + dialect.bool(atSomeTime(ok)))
                        .orElse("")
                + (rule.minSample() > 0 ? ", total" : "");
        String before = rule.baseline().isPresent() ? " CROSS JOIN (" + asBaseline(query) + ") AS was" : "";
        explain("SELECT " + conditions + " FROM (" + query + "\n) AS measured" + before);
    }

    private void explain(String sql) throws SQLException {
        Sql.statement(connection, "EXPLAIN " + sql);
    }

    private static String atSomeTime(String sql) {
        SqlText.Bound bound = SqlText.bind(sql, Set.of("now", "from"));
        return bound.parameters().stream()
                .reduce(bound.sql(), (text, name) -> text.replaceFirst("\\?", "UTC_TIMESTAMP()"), (a, b) -> b);
    }

    /** The query with its columns called {@code baseline_…}. */
    private String asBaseline(String query) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("SELECT was.* FROM (" + query + "\n) AS was LIMIT 0")) {
            for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
                String name = none.getMetaData().getColumnLabel(i);
                columns.add(quote(name) + " AS " + quote("baseline_" + name));
            }
        }
        return "SELECT " + String.join(", ", columns) + " FROM (" + query + "\n) AS was";
    }
}
