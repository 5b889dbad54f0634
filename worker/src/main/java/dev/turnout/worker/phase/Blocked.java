package dev.turnout.worker.phase;

import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Turns a lock that was not given in time into a wait that names who holds it. Stateless and thread-safe. */
public final class Blocked {
    /**
     * The statement has given up its place in the queue, so nothing blocks it any more: whoever holds a lock on a table
     * for longer than a statement waits for one is the likely holder. A missing pid is a prepared transaction.
     */
    private static final String HOLDERS = """
            SELECT coalesce('pid ' || a.pid, 'a prepared transaction')
                   || coalesce(' (' || concat_ws(', ', nullif(a.application_name, ''), a.state,
                        round(extract(epoch FROM clock_timestamp() - a.xact_start)) || ' s') || ')', '')
                   || ' on ' || string_agg(DISTINCT c.relname, ', ')
                   || coalesce(': ' || nullif(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 60), ''), '')
            FROM pg_locks l
            JOIN pg_class c ON c.oid = l.relation AND c.relkind = 'r'
            JOIN pg_namespace n ON n.oid = c.relnamespace
                 AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'turnout')
            LEFT JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND (a.xact_start < clock_timestamp() - interval '150 ms' OR l.pid IS NULL)
              AND (? OR c.relname = ANY (?))
            GROUP BY a.pid, a.application_name, a.state, a.xact_start, a.query
            ORDER BY a.xact_start NULLS FIRST
            LIMIT 3""";

    private static final String BLOCKERS = """
            SELECT coalesce('pid ' || a.pid || ' (' || concat_ws(', ', nullif(a.application_name, ''), a.state,
                     round(extract(epoch FROM clock_timestamp() - a.xact_start)) || ' s') || ')'
                   || coalesce(': ' || nullif(left(regexp_replace(a.query, '\\s+', ' ', 'g'), 60), ''), ''),
                   'a prepared transaction')
            FROM (SELECT DISTINCT unnest(pg_blocking_pids(?)) AS pid) b LEFT JOIN pg_stat_activity a ON a.pid = b.pid
            ORDER BY a.xact_start NULLS FIRST
            LIMIT 3""";

    private Blocked() {}

    /** Who keeps a session waiting right now, with state, age and query; empty: nobody does. */
    public static List<String> by(Connection connection, int pid) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(BLOCKERS)) {
            select.setInt(1, pid);
            return texts(select);
        }
    }

    /**
     * The wait after a transient failure; a failure of any other kind is thrown again.
     *
     * @param what was to be done, for operators: {@code add columns reservations (period)}
     */
    public static Stride.Wait instead(Database database, String what, SQLException failure) throws SQLException {
        return instead(database, what, failure, Set.of());
    }

    /** @param tables whose locks it may have waited for; empty: not known */
    public static Stride.Wait instead(Database database, String what, SQLException failure, Set<String> tables)
            throws SQLException {
        // A server that is gone cannot tell who blocks; the caller has its own way with that.
        if (!Failure.of(failure).transientLike() || Failure.of(failure) == Failure.CONNECTION_LOST) {
            throw failure;
        }
        List<String> holders = database.transaction(Limits.BOOKKEEPING, connection -> holders(connection, tables));
        String by = holders.isEmpty() ? "transactions that are over by now" : String.join("; ", holders);
        // Spread out, so that two workers, or a worker and a periodic job, do not meet again and again.
        Duration pause = Duration.ofMillis(ThreadLocalRandom.current().nextLong(500, 1_500));
        return new Stride.Wait(pause, what + " waits for a lock; held by " + by);
    }

    private static List<String> holders(Connection connection, Set<String> tables) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        if (dialect.mysql()) {
            return Holders.of(connection, dialect.mariaDb());
        }
        try (PreparedStatement select = connection.prepareStatement(HOLDERS)) {
            select.setBoolean(1, tables.isEmpty());
            select.setArray(2, connection.createArrayOf("text", tables.toArray()));
            return texts(select);
        }
    }

    private static List<String> texts(PreparedStatement select) throws SQLException {
        try (ResultSet row = select.executeQuery()) {
            List<String> texts = new ArrayList<>();
            while (row.next()) {
                texts.add(row.getString(1));
            }
            return texts;
        }
    }
}
