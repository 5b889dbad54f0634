package dev.turnout.worker.phase;

import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Who holds locks in MySQL or MariaDB, as far as the server tells. Stateless and thread-safe. */
final class Holders {
    /** The statement has given up, so whoever has held a table for longer than it waited is the likely holder. */
    private static final String METADATA = """
            SELECT 'connection ' || t.processlist_id || ' (' || coalesce(t.processlist_user || ', ', '')
                   || coalesce(t.processlist_command, 'background') || ', ' || coalesce(max(x.age), t.processlist_time, 0)
                   || ' s) on ' || group_concat(DISTINCT m.object_name)
                   || coalesce(': ' || nullif(left(regexp_replace(t.processlist_info, '[[:space:]]+', ' '), 60), ''), '')
            FROM performance_schema.metadata_locks m
            JOIN performance_schema.threads t ON t.thread_id = m.owner_thread_id
            LEFT JOIN (SELECT trx_mysql_thread_id AS id, timestampdiff(SECOND, trx_started, now()) AS age
                       FROM information_schema.innodb_trx) x ON x.id = t.processlist_id
            WHERE m.object_type = 'TABLE' AND m.lock_status = 'GRANTED' AND m.object_schema = database()
              AND t.processlist_id <> connection_id()
            GROUP BY t.thread_id, t.processlist_id, t.processlist_user, t.processlist_command, t.processlist_time,
                     t.processlist_info
            ORDER BY max(x.age) DESC LIMIT 3""";

    /** Without the instrumentation, or in MariaDB: the oldest transactions, whatever they hold. */
    private static final String TRANSACTIONS = """
            SELECT 'connection ' || x.trx_mysql_thread_id || ' (' || coalesce(p.user || ', ', '')
                   || coalesce(p.command, 'gone') || ', ' || timestampdiff(SECOND, x.trx_started, now())
                   || ' s in a transaction)' || coalesce(': ' || nullif(left(p.info, 60), ''), '')
            FROM information_schema.innodb_trx x
            LEFT JOIN information_schema.processlist p ON p.id = x.trx_mysql_thread_id
            WHERE x.trx_mysql_thread_id <> connection_id() AND x.trx_started <= now() - INTERVAL 1 SECOND
            ORDER BY x.trx_started LIMIT 3""";

    private Holders() {}

    /** Empty when there is none any more; a sentence that says so where the role may not look. */
    static List<String> of(Connection connection, boolean mariaDb) throws SQLException {
        if (!mariaDb) {
            try {
                List<String> named = lines(connection, METADATA);
                if (!named.isEmpty()) {
                    return named;
                }
            } catch (SQLException e) {
                if (Failure.of(e).transientLike()) {
                    throw e;
                }
            }
        }
        try {
            return lines(connection, TRANSACTIONS);
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            return List.of("a session that this role may not see (" + Failure.words(e) + ")");
        }
    }

    private static List<String> lines(Connection connection, String query) throws SQLException {
        return Sql.rows(connection, query).stream().map(row -> row.get(0)).toList();
    }
}
