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
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where rollouts are kept. Who decides holds the row's lock until the commit. Thread-safe. */
public final class RolloutStore {
    static final String ROWS = "SELECT o.run, coalesce(r.migration, '') AS migration,"
            + " coalesce(r.paused_from, r.phase, 'ROLLING_OUT') AS phase, o.flag_key,"
            + " o.plan, o.verify_max_age_seconds, o.state, o.step, o.entered_at, o.approved_step, o.paused,"
            + " o.full_since, o.gates, o.because, r.verified_from, coalesce(r.mismatches, 0) AS mismatches,"
            + " coalesce(r.rejected_beyond, '') AS rejected_beyond,"
            + " o.alone, o.began_by, o.approved_by, r.contract_approved_by,"
            + " (SELECT string_agg(CASE WHEN z.flag_key IS NULL THEN 'every flag' ELSE 'this flag' END || ' is frozen by '"
            + " || z.actor || ': ' || z.reason, '; ' ORDER BY z.at) FROM frozen z"
            + " WHERE z.flag_key IS NULL OR z.flag_key = o.flag_key) AS frozen"
            + " FROM rollout o LEFT JOIN run r ON r.id = o.of_run ";

    static final String TICKABLE =
            "SELECT run FROM rollout WHERE state IN ('RUNNING', 'LATCHED', 'COMPLETE') ORDER BY run";
    static final String LOCK_IF_FREE = ROWS + "WHERE o.run = ? FOR UPDATE OF o SKIP LOCKED";
    static final String LOCK = ROWS + "WHERE o.run = ? FOR UPDATE OF o";
    static final String LOCK_OF_FLAG =
            ROWS + "WHERE o.flag_key = ? AND o.state <> 'ENDED' ORDER BY o.run DESC LIMIT 1 FOR UPDATE OF o";
    static final String LIVE = "SELECT run FROM rollout WHERE flag_key = ? AND state <> 'ENDED' LIMIT 1";
    static final String BEGIN = "INSERT INTO rollout (run, flag_key, plan, verify_max_age_seconds, state, entered_at,"
            + " alone, began_by, because)"
            + " VALUES (nextval(pg_get_serial_sequence('run', 'id')), ?, CAST(? AS jsonb), 0, 'RUNNING', ?, true, ?, ?)"
            + " RETURNING run";
    static final String FIND = ROWS + "WHERE r.migration = ? ORDER BY o.run DESC LIMIT 1";
    static final String FIND_OF_FLAG = ROWS + "WHERE o.flag_key = ? ORDER BY o.run DESC LIMIT 1";
    static final String SAVE = "UPDATE rollout SET state = ?, step = ?, entered_at = ?, approved_step = ?, paused = ?,"
            + " approved_by = ?, full_since = ?, gates = CAST(? AS jsonb), because = ?, version = version + 1 WHERE run = ?";

    static final String CONTRACTED =
            "SELECT concat(progress ->> 'done', ' of ', progress ->> 'total', ' steps') AS steps"
                    + " FROM run WHERE id = ? AND progress ->> 'unit' = 'steps'";

    private static final TypeReference<List<Gate>> GATES = new TypeReference<>() {};

    private final ControlDatabase database;

    public RolloutStore(ControlDatabase database) {
        this.database = database;
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

    /** How far the contract of a run has got, in words; empty when that is not known. */
    public Future<Optional<String>> contracted(Tx tx, long run) {
        return tx.first(CONTRACTED, row -> Columns.text(row, "steps"), run);
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
                        rollout.approvedStep() > rollout.step()
                                ? row.around().approvedBy().orElse(null)
                                : null,
                        Columns.bind(row.fullSince()),
                        Json.write(row.gates()),
                        row.because(),
                        row.run())
                .mapEmpty();
    }

    /**
     * Begins a rollout of a flag without a migration; only under the lock of the flag set.
     *
     * @return its number; fails with {@link Refused} while another one of the flag is not over
     */
    public Future<Long> begin(Tx tx, String flagKey, Plan plan, Instant now, Change change) {
        return tx.first(LIVE, row -> row.getLong("run"), flagKey)
                .compose(live -> live.isPresent()
                        ? Future.failedFuture(new Refused("the flag " + flagKey + " has a rollout that is not over"))
                        : tx.first(
                                        BEGIN,
                                        row -> row.getLong("run"),
                                        flagKey,
                                        Json.write(plan),
                                        Columns.bind(now),
                                        change.actor(),
                                        "begun by " + change.actor())
                                .map(Optional::orElseThrow));
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
                        new Verified(Columns.optionalInstant(row, "verified_from"), row.getLong("mismatches")),
                        Columns.text(row, "rejected_beyond")),
                new RolloutRow.Around(
                        row.getBoolean("alone"),
                        Columns.text(row, "began_by"),
                        Columns.optionalText(row, "approved_by"),
                        Columns.optionalText(row, "frozen"),
                        Columns.optionalText(row, "contract_approved_by")));
    }
}
