package dev.turnout.worker.preflight;

import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Whether this server, this role and what is going on in the database suit a run. */
record ServerCheck(Connection connection, Findings.Notes notes) {
    private static final int OLDEST_SERVER = 140_000;

    void run() throws SQLException {
        List<String> facts = Sql.rows(connection, """
                        SELECT current_setting('server_version_num'), current_setting('server_version'),
                               has_database_privilege(current_database(), 'CREATE'), current_user, current_database(),
                               pg_is_in_recovery()""").get(0);
        if (Integer.parseInt(facts.get(0)) < OLDEST_SERVER) {
            notes.problem(
                    "the server is PostgreSQL " + facts.get(1), "version 14 or newer is needed: its bit_xor verifies");
        }
        if (facts.get(2).equals("f")) {
            notes.problem(
                    "the role " + facts.get(3) + " may not create a schema in " + facts.get(4),
                    "GRANT CREATE ON DATABASE to it: the bookkeeping is in a schema of its own");
        }
        if (facts.get(5).equals("t")) {
            notes.problem("the server is a standby", "connect to the primary");
        }
        isolation();
        longTransactions();
    }

    /** A transaction on a snapshot fails with 40001 on a row that the backfill has written since it began. */
    private void isolation() throws SQLException {
        for (List<String> row : Sql.rows(connection, """
                SELECT coalesce(r.rolname, 'every role'), setting FROM (
                  SELECT setrole, substring(unnest(setconfig) FROM '^default_transaction_isolation=(.*)$') AS setting
                  FROM pg_db_role_setting
                  WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
                  UNION ALL
                  SELECT 0, reset_val FROM pg_settings WHERE name = 'default_transaction_isolation'
                ) AS settings LEFT JOIN pg_roles r ON r.oid = setrole
                WHERE setting NOT IN ('read committed', 'read uncommitted')""")) {
            notes.warning("transactions of " + row.get(0) + " are " + row.get(1)
                    + ": an application must be ready to repeat one that meets the backfill (SQL state 40001)");
        }
    }

    private void longTransactions() throws SQLException {
        for (List<String> row : Sql.rows(connection, """
                SELECT pid, application_name, state, round(extract(epoch FROM clock_timestamp() - xact_start))
                FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                  AND xact_start < clock_timestamp() - interval '1 minute'
                ORDER BY xact_start LIMIT 5""")) {
            notes.warning("pid %s (%s, %s) has been in a transaction for %s s: schema changes wait until it ends"
                    .formatted(row.get(0), row.get(1), row.get(2), row.get(3)));
        }
    }
}
