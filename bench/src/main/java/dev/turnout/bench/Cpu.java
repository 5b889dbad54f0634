package dev.turnout.bench;

import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The processor's time that the thread which asks has had, and the sessions of a server on this machine that work for it: what
 * the work costs, however long it waits for its turn on a busy machine. Knows sessions on Linux only.
 */
final class Cpu {
    private static final String MYSQL_THREADS =
            "SELECT t.thread_os_id FROM performance_schema.threads t WHERE t.processlist_id IS NOT NULL AND ";

    private final List<Path> sessions;

    private Cpu(List<String> threads) {
        sessions = threads.stream()
                .map(thread -> Path.of("/proc", thread, "schedstat"))
                .filter(Files::isReadable)
                .toList();
    }

    /** Of the one session. */
    static Cpu of(Rig rig, Connection connection) throws SQLException {
        return new Cpu(first(Sql.rows(
                connection,
                rig.dialect().mysql()
                        ? MYSQL_THREADS + "t.processlist_id = connection_id()"
                        : "SELECT pg_backend_pid()")));
    }

    /** Of the sessions that the engine's pool has by now. */
    static Cpu ofEngine(Rig rig) throws SQLException {
        String sessions = rig.dialect().mysql()
                ? MYSQL_THREADS + """
                  t.processlist_db = database() AND EXISTS (
                    SELECT 1 FROM performance_schema.session_account_connect_attrs a
                    WHERE a.processlist_id = t.processlist_id AND a.attr_name = 'program_name'
                      AND a.attr_value = 'turnout')"""
                : "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name LIKE 'turnout%'";
        return new Cpu(first(
                rig.site(0).database().readOnly(Limits.BOOKKEEPING, connection -> Sql.rows(connection, sessions))));
    }

    private static List<String> first(List<List<String>> rows) {
        return rows.stream().map(row -> row.get(0)).toList();
    }

    long nanos() {
        long sum = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (Path session : sessions) {
            sum += nanos(session);
        }
        return sum;
    }

    /** Of a session that has ended nothing more is to be counted. */
    private static long nanos(Path session) {
        try {
            return Long.parseLong(Files.readString(session).split(" ", 2)[0]);
        } catch (IOException e) {
            return 0;
        }
    }
}
