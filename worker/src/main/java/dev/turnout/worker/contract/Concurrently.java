package dev.turnout.worker.contract;

import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Statements that refuse a transaction, each committing alone. Repeatable: an index that stands is not built again, and
 * what a crash left of one is dropped first.
 */
final class Concurrently {
    /**
     * Such a build waits for every older transaction and keeps nobody waiting meanwhile, so its patience may be long; a
     * short one would throw the whole build away for one slow report.
     */
    static final Limits LIMITS = new Limits(Duration.ofMinutes(30), Duration.ofHours(6), 1);

    private static final String NAME = "((?:\"(?:[^\"]|\"\")+\"|\\w+)(?:\\.(?:\"(?:[^\"]|\"\")+\"|\\w+))?)";
    private static final Pattern CREATE = Pattern.compile(
            "CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?" + NAME + "\\s+ON\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern DROP = Pattern.compile(
            "DROP\\s+INDEX\\s+CONCURRENTLY\\s+(?:IF\\s+EXISTS\\s+)?" + NAME + "\\s*", Pattern.CASE_INSENSITIVE);

    private Concurrently() {}

    /** @return a wait when another session is still at one of the indexes; empty when all statements have run */
    static Optional<Stride.Wait> run(Site site, String script) throws SQLException {
        for (String statement : SqlText.statements(script)) {
            Optional<Stride.Wait> wait = site.database().alone(LIMITS, connection -> run(connection, statement));
            if (wait.isPresent()) {
                return wait;
            }
        }
        return Optional.empty();
    }

    private static Optional<Stride.Wait> run(Connection connection, String statement) throws SQLException {
        Matcher create = CREATE.matcher(statement);
        Matcher drop = DROP.matcher(statement);
        if (create.matches()) {
            return build(connection, statement, create.group(1));
        }
        if (!drop.matches() || valid(connection, drop.group(1)).isPresent()) {
            Sql.run(connection, statement);
        }
        return Optional.empty();
    }

    private static Optional<Stride.Wait> build(Connection connection, String statement, String index)
            throws SQLException {
        Optional<Boolean> valid = valid(connection, index);
        if (valid.isPresent() && valid.get()) {
            return Optional.empty();
        }
        if (valid.isPresent()) {
            List<List<String>> builders = Sql.rows(
                    connection,
                    "SELECT pid FROM pg_stat_progress_create_index WHERE index_relid = to_regclass(?)",
                    index);
            if (!builders.isEmpty()) {
                // The server goes on building for a worker that died; taking its work away would only start it again.
                return Optional.of(new Stride.Wait(
                        Duration.ofSeconds(2),
                        "index " + index + " is still being built by pid "
                                + builders.get(0).get(0)));
            }
            Sql.run(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + index);
        }
        Sql.run(connection, statement);
        return Optional.empty();
    }

    /** Empty: there is no such index. */
    private static Optional<Boolean> valid(Connection connection, String index) throws SQLException {
        return Sql.rows(connection, "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(?)", index).stream()
                .map(row -> row.get(0).equals("t"))
                .findFirst();
    }
}
