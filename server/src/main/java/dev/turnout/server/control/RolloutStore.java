package dev.turnout.server.control;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Phase;
import dev.turnout.worker.run.RunBoard.Verified;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where rollouts are kept. Who decides holds the row's lock until the commit. Thread-safe. */
public final class RolloutStore {
    static final String ROWS = "SELECT o.run, r.migration, coalesce(r.paused_from, r.phase) AS phase, o.flag_key,"
            + " o.plan, o.verify_max_age_seconds, o.state, o.step, o.entered_at, o.approved_step, o.paused,"
            + " o.full_since, o.gates, o.because, r.verified_from, r.mismatches"
            + " FROM rollout o JOIN run r ON r.id = o.run ";

    static final String TICKABLE =
            "SELECT run FROM rollout WHERE state IN ('RUNNING', 'LATCHED', 'COMPLETE') ORDER BY run";
    static final String LOCK_IF_FREE = ROWS + "WHERE o.run = ? FOR UPDATE OF o SKIP LOCKED";
    static final String LOCK = ROWS + "WHERE o.run = ? FOR UPDATE OF o";
    static final String LOCK_OF_FLAG =
            ROWS + "WHERE o.flag_key = ? AND o.state <> 'ENDED' ORDER BY o.run DESC LIMIT 1 FOR UPDATE OF o";
    static final String LOCK_OF_MIGRATION =
            ROWS + "WHERE r.migration = ? AND o.state <> 'ENDED' ORDER BY o.run DESC LIMIT 1 FOR UPDATE OF o";
    static final String FIND = ROWS + "WHERE r.migration = ? ORDER BY o.run DESC LIMIT 1";
    static final String FIND_OF_FLAG = ROWS + "WHERE o.flag_key = ? ORDER BY o.run DESC LIMIT 1";
    static final String SAVE = "UPDATE rollout SET state = ?, step = ?, entered_at = ?, approved_step = ?, paused = ?,"
            + " full_since = ?, gates = CAST(? AS jsonb), because = ?, version = version + 1 WHERE run = ?";

    private static final TypeReference<List<Gate>> GATES = new TypeReference<>() {};

    private final ControlDatabase database;
    private final AuditStore audit;

    public RolloutStore(ControlDatabase database, AuditStore audit) {
        this.database = database;
        this.audit = audit;
    }

    /** The runs whose rollout has something to watch or decide. */
    public Future<List<Long>> tickable() {
        return database.transaction(tx -> tx.all(TICKABLE, row -> row.getLong("run")));
    }

    /** Takes the row for the rest of the transaction; empty when somebody else has it or there is none. */
    public Future<Optional<RolloutRow>> lockForTick(Tx tx, long run) {
        return tx.first(LOCK_IF_FREE, RolloutStore::read, run);
    }

    /** Takes the row for the rest of the transaction, waiting for whoever has it; fails with {@link Unknown}. */
    public Future<RolloutRow> lock(Tx tx, long run) {
        return tx.first(LOCK, RolloutStore::read, run)
                .map(row -> row.orElseThrow(() -> new Unknown("rollout of run", Long.toString(run))));
    }

    /** The rollout of the flag that is not over, taken for the rest of the transaction; empty when there is none. */
    public Future<Optional<RolloutRow>> lockOfFlag(Tx tx, String flagKey) {
        return tx.first(LOCK_OF_FLAG, RolloutStore::read, flagKey);
    }

    /** The rollout of the migration's newest run. */
    public Future<Optional<RolloutRow>> find(String migration) {
        return database.transaction(tx -> tx.first(FIND, RolloutStore::read, migration));
    }

    /** The newest rollout of the flag, under way or over. */
    public Future<Optional<RolloutRow>> findOfFlag(Tx tx, String flagKey) {
        return tx.first(FIND_OF_FLAG, RolloutStore::read, flagKey);
    }

    /** The newest rollout of the flag, under way or over. */
    public Future<Optional<RolloutRow>> findOfFlag(String flagKey) {
        return database.transaction(tx -> findOfFlag(tx, flagKey));
    }

    /** Stores what a decision changed; only under the row's lock. */
    public Future<Void> save(Tx tx, RolloutRow row) {
        Rollout rollout = row.rollout();
        return tx.change(
                        SAVE,
                        rollout.state().name(),
                        rollout.step(),
                        Columns.bind(rollout.enteredAt()),
                        rollout.approvedStep(),
                        rollout.paused(),
                        Columns.bind(row.fullSince()),
                        Json.write(row.gates()),
                        row.because(),
                        row.run())
                .mapEmpty();
    }

    /**
     * Lets the rollout enter its next step once the other gates are open.
     *
     * @return the row; fails with {@link Unknown} when the migration has no rollout under way, or {@link Refused} when it
     *     is on its last step or rolled back
     */
    public Future<RolloutRow> approve(String migration, Change change) {
        return database.transaction(tx -> tx.first(LOCK_OF_MIGRATION, RolloutStore::read, migration)
                .map(row -> row.orElseThrow(() -> new Unknown("rollout under way of", migration)))
                .map(row -> {
                    change.check(row);
                    return approved(row);
                })
                .compose(row -> save(tx, row)
                        .compose(saved -> audit.write(
                                tx,
                                Deed.of("rollout.approve", "migration:" + migration)
                                        .to(Map.of("step", row.rollout().approvedStep())),
                                change))
                        .map(row)));
    }

    private static RolloutRow approved(RolloutRow row) {
        Rollout now = row.rollout();
        int next = now.step() + 1;
        if (next >= now.plan().steps().size()) {
            throw new Refused("the rollout of " + row.migration() + " is on its last step");
        }
        if (now.state() == Rollout.State.LATCHED) {
            throw new Refused("the rollout of " + row.migration() + " was rolled back: acknowledge the incident first");
        }
        return row.with(
                new Rollout(now.plan(), now.state(), now.paused(), now.step(), now.enteredAt(), next), row.because());
    }

    static RolloutRow read(Row row) {
        return new RolloutRow(
                row.getLong("run"),
                Columns.text(row, "migration"),
                Columns.word(row, "phase", Phase.class),
                Columns.text(row, "flag_key"),
                new Rollout(
                        Columns.json(row, "plan", Plan.class),
                        Columns.word(row, "state", Rollout.State.class),
                        row.getBoolean("paused"),
                        row.getInteger("step"),
                        Columns.instant(row, "entered_at"),
                        row.getInteger("approved_step")),
                Columns.optionalInstant(row, "full_since"),
                Json.read(Columns.text(row, "gates"), GATES),
                Columns.text(row, "because"),
                new RolloutRow.Proof(
                        Duration.ofSeconds(row.getLong("verify_max_age_seconds")),
                        new Verified(Columns.optionalInstant(row, "verified_from"), row.getLong("mismatches"))));
    }
}
