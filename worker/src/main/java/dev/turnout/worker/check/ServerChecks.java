package dev.turnout.worker.check;

import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What PostgreSQL and what goes on in it are like. */
final class ServerChecks {
    private static final int OLDEST_SERVER = 130_000;

    private ServerChecks() {}

    static List<Checked> run(Connection connection, String of) throws SQLException {
        List<String> facts = Sql.rows(connection, """
                        SELECT current_setting('server_version_num'), current_setting('server_version'), pg_is_in_recovery(),
                          (SELECT reset_val FROM pg_settings WHERE name = 'default_transaction_isolation'),
                          (SELECT count(*) FROM pg_stat_activity
                           WHERE datname = current_database() AND pid <> pg_backend_pid()
                             AND xact_start < clock_timestamp() - interval '1 minute'),
                          (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()),
                          (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                          current_setting('max_connections'),
                          (SELECT count(*) FROM pg_stat_replication WHERE state IS DISTINCT FROM 'backup'),
                          (SELECT count(*) FROM pg_stat_replication
                           WHERE state IS DISTINCT FROM 'backup' AND replay_lsn IS NULL),
                          current_setting('server_encoding'), pg_database_size(current_database()),
                          current_setting('session_replication_role')""").get(0);
        boolean free = 10 * Integer.parseInt(facts.get(6)) <= 9 * Integer.parseInt(facts.get(7));
        return List.of(
                Checked.that(
                        Integer.parseInt(facts.get(0)) >= OLDEST_SERVER,
                        "version",
                        of,
                        "PostgreSQL 13 or newer",
                        facts.get(1)),
                Checked.that(
                        facts.get(2).equals("f"),
                        "takes writes",
                        of,
                        "yes",
                        facts.get(2).equals("f") ? "yes" : "no"),
                Checked.that(
                        facts.get(3).equals("read committed"),
                        "default isolation level",
                        of,
                        "read committed",
                        facts.get(3)),
                Checked.that(facts.get(4).equals("0"), "transactions older than a minute", of, "0", facts.get(4)),
                Checked.that(facts.get(5).equals("0"), "prepared transactions", of, "0", facts.get(5)),
                Checked.that(free, "connections in use", of, "at most 90 %", facts.get(6) + " of " + facts.get(7)),
                Checked.that(
                        facts.get(9).equals("0"),
                        "replicas whose lag is unknown",
                        of,
                        "0",
                        facts.get(9) + " of " + facts.get(8)),
                Checked.that(
                        facts.get(12).equals("origin"), "triggers fire for this role", of, "origin", facts.get(12)),
                Checked.noted("encoding", of, facts.get(10)),
                Checked.noted("size of the database, bytes", of, facts.get(11)));
    }
}
