package dev.turnout.worker.throttle;

import dev.turnout.migration.Tuning;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks one database how it is, at most once a second, and says whether the backfill must wait. Thread-safe; blocks for one
 * short query when the last answer is too old.
 */
public final class Gauge {
    /** Marks the sessions whose locks count as the backfill's; set as {@code application_name} by each batch. */
    public static final String APPLICATION_NAME = "turnout backfill";

    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Limits LIMITS = new Limits(Duration.ofMillis(100), Duration.ofSeconds(2), 1);

    /** A statement younger than 100 ms waits for a batch of normal length: nobody has to make room for it. */
    private static final String READ = """
            SELECT
              (SELECT count(*) FROM pg_stat_activity w
               WHERE w.wait_event_type = 'Lock' AND w.datname = current_database()
                 AND w.query_start < clock_timestamp() - interval '100 milliseconds'
                 AND w.application_name <> '%1$s'
                 AND EXISTS (SELECT FROM pg_stat_activity b
                             WHERE b.pid = ANY (pg_blocking_pids(w.pid)) AND b.application_name = '%1$s')) AS waiters,
              (SELECT count(*) FROM pg_stat_replication WHERE state IS DISTINCT FROM 'backup') AS replicas,
              (SELECT count(*) FROM pg_stat_replication
               WHERE state IS DISTINCT FROM 'backup' AND replay_lsn IS NULL) AS unknown,
              (SELECT coalesce(max(CASE WHEN replay_lsn >= sent_lsn THEN 0
                                        ELSE extract(epoch FROM replay_lag) * 1000 END), 0)
               FROM pg_stat_replication WHERE state IS DISTINCT FROM 'backup') AS lag_ms,
              (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start) * 1000), 0)
               FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
                 AND datname = current_database()) AS oldest_ms,
              (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
              current_setting('max_connections')::int AS max_connections""".formatted(APPLICATION_NAME);

    private final Throttle throttle;
    private final Supplier<Tuning> tuning;
    private final Clock clock;
    private long readAtNanos;
    private Optional<Tuning> readUnder = Optional.empty();
    private Optional<String> reason = Optional.empty();

    /**
     * @param tuning asked each time, so it may change while rows move
     * @param clock business time, for the window
     */
    public Gauge(Throttle throttle, Supplier<Tuning> tuning, Clock clock) {
        this.throttle = throttle;
        this.tuning = tuning;
        this.clock = clock;
    }

    /**
     * The reason to wait; empty: go on.
     *
     * @throws SQLException when the server or the network is gone; any other failure is itself a reason to wait
     */
    public synchronized Optional<String> reason(Database database) throws SQLException {
        Tuning now = tuning.get();
        if (now.throttled().isPresent()) {
            return Optional.of("an operator throttles it: " + now.throttled().get());
        }
        if (now.window().filter(window -> !window.contains(clock.instant())).isPresent()) {
            return Optional.of("the backfill may run from " + now.window().get());
        }
        if (readUnder.filter(now::equals).isPresent() && System.nanoTime() - readAtNanos < FRESH_NANOS) {
            return reason;
        }
        try {
            Throttle limits = now.lag().map(throttle::withReplicaLag).orElse(throttle);
            reason = limits.reason(database.transaction(LIMITS, Gauge::readings));
        } catch (SQLException e) {
            if (Failure.of(e) == Failure.CONNECTION_LOST) {
                throw e;
            }
            reason = Optional.of("the load of the database cannot be read: " + e.getMessage());
        }
        if (reason.isEmpty() && now.query().isPresent()) {
            reason = OwnQuery.reason(database, now.query().get(), LIMITS);
        }
        readAtNanos = System.nanoTime();
        readUnder = Optional.of(now);
        return reason;
    }

    private static Readings readings(Connection connection) throws SQLException {
        if (Dialect.of(connection).mysql()) {
            return MySqlReadings.read(connection);
        }
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(READ)) {
            row.next();
            boolean known = row.getInt("unknown") == 0;
            return new Readings(
                    row.getInt("waiters"),
                    row.getInt("replicas"),
                    known && row.getInt("replicas") > 0
                            ? Optional.of(Duration.ofMillis(row.getLong("lag_ms")))
                            : Optional.empty(),
                    Duration.ofMillis(row.getLong("oldest_ms")),
                    row.getInt("connections"),
                    row.getInt("max_connections"));
        }
    }
}
