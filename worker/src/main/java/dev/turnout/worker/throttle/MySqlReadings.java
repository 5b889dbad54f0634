package dev.turnout.worker.throttle;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a MySQL or MariaDB says about its load. What it does not say is unknown, and never nothing. */
final class MySqlReadings {
    /**
     * Statements of others that have waited a second and more for rows of a session that calls itself turnout. Younger ones
     * wait for a batch of normal length.
     */
    private static final String WAITERS = """
            SELECT count(DISTINCT w.requesting_engine_transaction_id)
            FROM performance_schema.data_lock_waits w
            JOIN performance_schema.threads b ON b.thread_id = w.blocking_thread_id
            JOIN information_schema.innodb_trx x ON x.trx_id = w.requesting_engine_transaction_id
            WHERE x.trx_wait_started < now() - INTERVAL 1 SECOND
              AND EXISTS (SELECT 1 FROM performance_schema.session_account_connect_attrs a
                          WHERE a.processlist_id = b.processlist_id
                            AND a.attr_name = 'program_name' AND a.attr_value = 'turnout')""";

    /** MariaDB tells who waits for whom, but not by which name a session goes: any waiter counts. */
    private static final String MARIADB_WAITERS = """
            SELECT count(DISTINCT w.requesting_trx_id)
            FROM information_schema.innodb_lock_waits w
            JOIN information_schema.innodb_trx x ON x.trx_id = w.requesting_trx_id
            WHERE x.trx_wait_started < now() - INTERVAL 1 SECOND""";

    private static final String OLDEST = """
            SELECT coalesce(max(timestampdiff(MICROSECOND, trx_started, now(6))) div 1000, 0)
            FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> connection_id()""";

    private static final String CONNECTIONS = """
            SELECT (SELECT count(*) FROM information_schema.processlist), @@max_connections""";

    private MySqlReadings() {}

    static Readings read(Connection connection) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        List<String> connections = Sql.rows(connection, CONNECTIONS).get(0);
        int replicas = replicas(connection);
        return new Readings(
                (int) number(connection, dialect.mariaDb() ? MARIADB_WAITERS : WAITERS),
                replicas,
                // A source is not told how far its replicas are: with one, an operator must say that it may lag.
                Optional.empty(),
                Duration.ofMillis(number(connection, OLDEST)),
                Integer.parseInt(connections.get(0)),
                Integer.parseInt(connections.get(1)));
    }

    /** Sessions that send the binary log to somebody. */
    private static int replicas(Connection connection) throws SQLException {
        return (int) number(
                connection, "SELECT count(*) FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'");
    }

    private static long number(Connection connection, String query) throws SQLException {
        return Sql.value(connection, query).map(Long::parseLong).orElse(0L);
    }
}
