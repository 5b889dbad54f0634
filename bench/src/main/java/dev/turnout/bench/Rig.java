package dev.turnout.bench;

import dev.turnout.migration.Spec;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Carrying;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * A workload on a database of its own, expanded, with its triggers standing and its chunks planned: what the backfill finds
 * when it begins.
 */
final class Rig implements AutoCloseable {
    static final int CHUNK_ROWS = 20_000;

    private final Workload workload;
    private final Spec spec;
    private final long rows;
    private final long run;
    private final TestDatabase database;

    private Rig(Workload workload, long rows, long run, TestDatabase database) {
        this.workload = workload;
        this.spec = workload.spec();
        this.rows = rows;
        this.run = run;
        this.database = database;
    }

    static Rig open(Workload workload, long rows) throws SQLException {
        return open(workload, rows, 1);
    }

    /** The same once more, for a baseline; of another run, because MySQL's bookkeeping is of the whole server. */
    static Rig twin(Workload workload, long rows) throws SQLException {
        return open(workload, rows, 2);
    }

    /** And without the triggers: what is written meanwhile is lost, so this is no way to move rows, but it is cheaper. */
    static Rig bare(Workload workload, long rows) throws SQLException {
        Rig rig = open(workload, rows, 3);
        try {
            rig.dropTriggers();
            return rig;
        } catch (SQLException | RuntimeException | Error e) {
            rig.close();
            throw e;
        }
    }

    private static Rig open(Workload workload, long rows, long run) throws SQLException {
        Rig rig = new Rig(workload, rows, run, workload.server().newDatabase());
        try {
            workload.fill(rig.database, rows);
            Bookkeeping.install(rig.database.database());
            Bookkeeping.enter(rig.site(0));
            Drive.over(rig, new Expand(), 1);
            Drive.over(rig, new SyncTriggers(), 1);
            Drive.over(rig, new ChunkPlan(CHUNK_ROWS), 1);
            return rig;
        } catch (SQLException | RuntimeException | Error e) {
            rig.close();
            throw e;
        }
    }

    Workload workload() {
        return workload;
    }

    Spec spec() {
        return spec;
    }

    long rows() {
        return rows;
    }

    Dialect dialect() {
        return database.database().dialect();
    }

    Site site(int lane) {
        return site(spec, run, "bench", lane, database.database());
    }

    /** Of one worker among several. */
    static Site site(Spec spec, long run, String worker, int lane, Database database) {
        Clock clock = Clock.fixed(Instant.parse("2026-03-01T00:00:00Z"), ZoneOffset.UTC);
        return new Site(spec, run, 1, lane, worker, database, clock);
    }

    /** @throws IllegalStateException when the phase cannot go on */
    Stride stride(PhaseWork work, int lane) throws SQLException {
        return Drive.stride(site(lane), work);
    }

    /** How another process reaches the database. */
    ConnectionSettings settings() {
        return database.settings();
    }

    long run() {
        return run;
    }

    /** A connection of an application. */
    Connection connect() throws SQLException {
        return database.connect();
    }

    /**
     * A connection whose statements mean what they mean in the engine's sessions, to the triggers as well, and nothing of the
     * engine beside.
     */
    Connection raw() throws SQLException {
        Connection connection = database.connect();
        try (Statement set = connection.createStatement()) {
            if (dialect().mysql()) {
                set.execute("SET SESSION sql_mode = '" + sqlMode() + "', @turnout_backfill = 1;"
                        + "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
            } else {
                set.execute("SET turnout.backfill = 'on'; SET plan_cache_mode = force_custom_plan; SET jit = off");
            }
        }
        for (Transfer transfer : spec.transfers()) {
            carry(connection, transfer);
        }
        return connection;
    }

    /** What the engine sets for a transaction holds here as long as the session. */
    private void carry(Connection connection, Transfer transfer) throws SQLException {
        connection.setAutoCommit(false);
        new Carrying(site(0), transfer).up(connection);
        if (!dialect().mysql()) {
            Sql.run(connection, "SELECT set_config('turnout.carry', current_setting('turnout.carry'), false)");
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private String sqlMode() throws SQLException {
        return database.database().readOnly(Limits.BOOKKEEPING, connection -> {
            try (Statement ask = connection.createStatement();
                    var row = ask.executeQuery("SELECT @@sql_mode")) {
                row.next();
                return row.getString(1);
            }
        });
    }

    private void dropTriggers() throws SQLException {
        if (!dialect().mysql()) {
            execute("ALTER TABLE " + workload.target() + " DISABLE TRIGGER USER");
            return;
        }
        List<List<String>> triggers = site(0).database()
                .readOnly(
                        Limits.BOOKKEEPING,
                        connection -> Sql.rows(
                                connection,
                                "SELECT trigger_name FROM information_schema.triggers"
                                        + " WHERE event_object_schema = database() AND event_object_table = ?",
                                workload.target()));
        for (List<String> trigger : triggers) {
            execute("DROP TRIGGER `" + trigger.get(0) + "`");
        }
    }

    void execute(String... sqls) throws SQLException {
        database.execute(sqls);
    }

    /** As the servers' own housekeeping leaves the table some time after a move. */
    void settle() throws SQLException {
        execute(
                dialect().mysql()
                        ? "ANALYZE TABLE " + workload.target()
                        : "VACUUM (ANALYZE, FREEZE) " + workload.target());
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
