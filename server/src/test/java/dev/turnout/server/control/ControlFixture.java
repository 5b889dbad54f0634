package dev.turnout.server.control;

import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A control database of its own with every store over it, and a clock that is set. */
public final class ControlFixture implements AutoCloseable {
    public static final Change BY_TEST = new Change("test", "because");

    public final TestDatabase database;
    public final ControlSettings settings;
    public final Vertx vertx = Vertx.vertx();
    public final SetClock clock = new SetClock();
    public final ControlDatabase control;
    public final AuditStore audit;
    public final FlagStore flags;
    public final RunStore runs;
    public final OperatingStore operating;
    public final VerificationStore verifications;
    public final RunClaims claims;
    public final RolloutStore rollouts;
    public final OutcomeStore outcomes;
    public final GuardStore guards;
    public final MonitorStore monitors;
    public final ChoreStore chores;
    public final IncidentStore incidents;
    public final FreezeStore freezes;
    public final TokenStore tokens;
    public final WriteStore writes;
    public final NoticeStore notices;

    private ControlFixture(TestDatabase database, int poolSize) {
        this.database = database;
        settings = new ControlSettings(database.url(), database.user(), database.password(), poolSize);
        control = await(ControlDatabase.open(vertx, settings));
        audit = new AuditStore(control, clock);
        flags = new FlagStore(control, audit, clock);
        runs = new RunStore(control, flags, audit, clock);
        operating = new OperatingStore(control, runs);
        verifications = new VerificationStore(control, runs, clock);
        claims = new RunClaims(control, flags, clock);
        rollouts = new RolloutStore(control);
        outcomes = new OutcomeStore(control, clock);
        guards = new GuardStore(control, clock);
        monitors = new MonitorStore(control, clock);
        chores = new ChoreStore(control, clock);
        freezes = new FreezeStore(control, audit, clock);
        incidents = new IncidentStore(control, audit, clock);
        tokens = new TokenStore(control, audit, clock);
        writes = new WriteStore(control, clock);
        notices = new NoticeStore(control, clock);
    }

    public static ControlFixture open() throws SQLException {
        return open(8);
    }

    public static ControlFixture open(int poolSize) throws SQLException {
        return new ControlFixture(TestPostgres.newDatabase(), poolSize);
    }

    /** Waits; throws what the future failed with. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Kills every connection of the kind to this database, as a restart of the server would. */
    public int kill(String application) throws SQLException {
        return database.query(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE datname = current_database() AND application_name = ?",
                        application)
                .size();
    }

    @Override
    public void close() throws SQLException {
        await(control.close());
        await(vertx.close());
        database.close();
    }
}
