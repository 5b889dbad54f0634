package dev.turnout.worker.preflight;

import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Whether this server, this role and what is going on in the database suit a run, on MySQL or MariaDB. */
record MySqlServerCheck(Connection connection, Findings.Notes notes) {
    void run() throws SQLException {
        Dialect dialect = Dialect.of(connection);
        version(dialect);
        if (variable("read_only").matches("1|ON")) {
            notes.problem("the server is read-only", "connect to the source, not to a replica");
        }
        if (variable("log_bin").matches("1|ON")) {
            binaryLog();
        }
        if (variable(dialect.mariaDb() ? "tx_isolation" : "transaction_isolation")
                .equals("SERIALIZABLE")) {
            notes.warning("transactions are SERIALIZABLE by default: reads of applications lock rows, and the backfill"
                    + " gives way to them");
        }
        longTransactions();
    }

    private void version(Dialect dialect) throws SQLException {
        String version = Sql.value(connection, "SELECT version()").orElse("");
        String[] parts = version.split("[.-]");
        int number = Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]);
        if (dialect.mariaDb() ? number < 1006 : number < 800) {
            notes.problem(
                    "the server is " + dialect.product() + " " + version,
                    "MySQL 8.0 or MariaDB 10.6, or newer, is needed");
        }
    }

    /** By statements, a replica would repeat what a batch read; and a trigger of ours could not be made at all. */
    private void binaryLog() throws SQLException {
        if (!variable("binlog_format").equals("ROW")) {
            notes.problem(
                    "binlog_format is " + variable("binlog_format"),
                    "set it to ROW: at READ COMMITTED the server refuses everything else");
        }
        if (variable("log_bin_trust_function_creators").matches("0|OFF") && !mayTrust()) {
            notes.problem(
                    "the role may not make triggers while the binary log is on",
                    "SET GLOBAL log_bin_trust_function_creators = 1, or give the role SUPER for the time of the run");
        }
    }

    private boolean mayTrust() throws SQLException {
        return Sql.rows(connection, "SHOW GRANTS").stream()
                .map(row -> row.get(0))
                .anyMatch(grant -> grant.matches("(?s)GRANT (ALL PRIVILEGES|.*\\bSUPER\\b.*) ON \\*\\.\\* .*"));
    }

    private String variable(String name) throws SQLException {
        return Sql.rows(connection, "SHOW GLOBAL VARIABLES LIKE ?", name).stream()
                .filter(row -> row.get(0).equals(name))
                .map(row -> row.get(1))
                .findFirst()
                .orElseGet(() -> "");
    }

    private void longTransactions() throws SQLException {
        List<List<String>> rows;
        try {
            rows = Sql.rows(connection, """
                SELECT x.trx_mysql_thread_id, coalesce(p.user, ''), coalesce(p.command, ''),
                       timestampdiff(SECOND, x.trx_started, now())
                FROM information_schema.innodb_trx x
                LEFT JOIN information_schema.processlist p ON p.id = x.trx_mysql_thread_id
                WHERE x.trx_started < now() - INTERVAL 1 MINUTE ORDER BY x.trx_started LIMIT 5""");
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                throw e;
            }
            notes.problem(
                    "the role may not see other sessions: " + Failure.words(e),
                    "GRANT PROCESS ON *.* to it: the throttle and the names of blockers depend on it");
            return;
        }
        for (List<String> row : rows) {
            notes.warning("connection %s (%s, %s) has been in a transaction for %s s: schema changes wait until it ends"
                    .formatted(row.get(0), row.get(1), row.get(2), row.get(3)));
        }
    }
}
