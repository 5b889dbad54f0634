package dev.turnout.worker.expand;

import dev.turnout.migration.SqlText;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Blocked;
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
 * what a crash left of one is dropped first. A build that takes long goes on behind the stride, so that the next one can
 * tell what it waits for. One instance per drive; only one lane may use it.
 */
public final class Concurrently {
    /**
     * Such a build waits for every older transaction and keeps nobody waiting meanwhile, so its patience may be long; a
     * short one would throw the whole build away for one slow report.
     */
    private static final Limits BUILD = new Limits(Duration.ofHours(6), Duration.ofHours(6), 1);

    /** Given up, it is begun again: nothing is lost but the place in the queue. */
    private static final Limits DROP = new Limits(Duration.ofSeconds(5), Duration.ofMinutes(30), 1);

    /** Real time that a stride looks on at a build. */
    private static final Duration LOOKS_ON = Duration.ofSeconds(2);

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    private static final String NAME = "((?:\"(?:[^\"]|\"\")+\"|\\w+)(?:\\.(?:\"(?:[^\"]|\"\")+\"|\\w+))?)";
    private static final Pattern CREATE = Pattern.compile(
            "CREATE\\s+(?:UNIQUE\\s+)?INDEX\\s+CONCURRENTLY\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?" + NAME + "\\s+ON\\b.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern DROP_INDEX = Pattern.compile(
            "DROP\\s+INDEX\\s+CONCURRENTLY\\s+(?:IF\\s+EXISTS\\s+)?" + NAME + "\\s*", Pattern.CASE_INSENSITIVE);

    private Optional<Build> building = Optional.empty();

    /**
     * @return a wait when one of the indexes is not finished yet, with what it waits for; empty when all statements have
     *     run
     */
    public Optional<Stride.Wait> run(Site site, String script) throws SQLException {
        for (String statement : SqlText.statements(script)) {
            Optional<Stride.Wait> wait = one(site, statement);
            if (wait.isPresent()) {
                return wait;
            }
        }
        return Optional.empty();
    }

    private Optional<Stride.Wait> one(Site site, String statement) throws SQLException {
        Matcher create = CREATE.matcher(statement);
        if (create.matches()) {
            return build(site, statement, create.group(1));
        }
        Matcher drop = DROP_INDEX.matcher(statement);
        return site.database().alone(drop.matches() ? DROP : BUILD, connection -> {
            if (!drop.matches() || valid(connection, drop.group(1)).isPresent()) {
                Sql.run(connection, statement);
            }
            return Optional.empty();
        });
    }

    private Optional<Stride.Wait> build(Site site, String statement, String index) throws SQLException {
        if (building.isEmpty() || !building.get().statement().equals(statement)) {
            Optional<Boolean> valid = site.database().transaction(Limits.BOOKKEEPING, c -> valid(c, index));
            if (valid.isPresent() && valid.get()) {
                return Optional.empty();
            }
            Optional<Stride.Wait> orphan = orphan(site, index);
            if (orphan.isPresent()) {
                return orphan;
            }
            boolean leftover = valid.isPresent();
            building = Optional.of(Build.begin(site.database(), BUILD, statement, connection -> {
                if (leftover) {
                    Sql.run(connection, "DROP INDEX CONCURRENTLY IF EXISTS " + index);
                }
                Sql.run(connection, statement);
            }));
        }
        Build build = building.get();
        if (build.over(LOOKS_ON)) {
            building = Optional.empty();
            build.result();
            return Optional.empty();
        }
        String why = build.pid().isPresent()
                ? site.database()
                        .transaction(Limits.BOOKKEEPING, c -> why(c, build.pid().get()))
                : "it is about to begin";
        return Optional.of(new Stride.Wait(BETWEEN_LOOKS, "index " + index + " is being built: " + why));
    }

    /** The server goes on building for a worker that died; taking its work away would only start it again. */
    private static Optional<Stride.Wait> orphan(Site site, String index) throws SQLException {
        return site.database().transaction(Limits.BOOKKEEPING, connection -> {
            List<List<String>> builders = Sql.rows(
                    connection,
                    "SELECT pid FROM pg_stat_progress_create_index WHERE index_relid = to_regclass(?)",
                    index);
            if (builders.isEmpty()) {
                return Optional.empty();
            }
            int pid = Integer.parseInt(builders.get(0).get(0));
            return Optional.of(new Stride.Wait(
                    BETWEEN_LOOKS,
                    "index " + index + " is still being built by pid " + pid + ": " + why(connection, pid)));
        });
    }

    private static String why(Connection connection, int pid) throws SQLException {
        List<String> blockers = Blocked.by(connection, pid);
        if (!blockers.isEmpty()) {
            return "it waits for " + String.join("; ", blockers);
        }
        return Sql.rows(connection, """
                        SELECT phase || CASE WHEN blocks_total > 0
                               THEN ', ' || round(100.0 * blocks_done / blocks_total) || ' %' ELSE '' END
                        FROM pg_stat_progress_create_index WHERE pid = ?""", pid).stream()
                .map(row -> row.get(0))
                .findFirst()
                .orElse("it is under way");
    }

    /** Empty: there is no such index. */
    private static Optional<Boolean> valid(Connection connection, String index) throws SQLException {
        return Sql.rows(connection, "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(?)", index).stream()
                .map(row -> row.get(0).equals("t"))
                .findFirst();
    }
}
