package dev.turnout.server.control;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Split;
import dev.turnout.flags.Weight;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.Chore;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Spec;
import dev.turnout.worker.run.RunBoard.Wish;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What operators do with runs; what workers do is {@link RunClaims}. Thread-safe. */
public final class RunStore {
    static final String CONFLICT = "SELECT r.migration, r.flag_key FROM run r"
            + " WHERE (r.migration = ? OR r.flag_key = ?) AND " + RunRows.ALIVE + " LIMIT 1";
    static final String INSERT = "INSERT INTO run (migration, database, flag_key, spec_hash, bundle, phase,"
            + " phase_entered_at, because, wish, created_at, created_by, tuning)"
            + " VALUES (?, ?, ?, ?, CAST(? AS jsonb), 'CREATED', ?, ?, 'RUN', ?, ?, CAST(? AS jsonb)) RETURNING id";
    static final String ALONE = "SELECT run FROM rollout WHERE flag_key = ? AND alone AND state <> 'ENDED'";
    static final String INSERT_ROLLOUT = "INSERT INTO rollout (run, flag_key, plan, verify_max_age_seconds, state,"
            + " entered_at, began_by) VALUES (?, ?, CAST(? AS jsonb), ?, 'IDLE', ?, ?)";
    static final String INSERT_MONITOR =
            "INSERT INTO monitor (run, name, definition, due_at) VALUES (?, ?, CAST(? AS jsonb), ?)";
    static final String INSERT_CHORE =
            "INSERT INTO chore (run, name, definition, due_at) VALUES (?, ?, CAST(? AS jsonb), ?)";
    static final String FIND =
            "SELECT " + RunRows.COLUMNS + " FROM run r WHERE r.migration = ? ORDER BY r.id DESC LIMIT 1";
    static final String LOCK =
            "SELECT " + RunRows.COLUMNS + " FROM run r WHERE r.migration = ? ORDER BY r.id DESC LIMIT 1 FOR UPDATE";
    static final String BUNDLE = "SELECT bundle FROM run WHERE id = ?";
    static final String WISH = "UPDATE run SET wish = ? WHERE id = ?";
    static final String PAUSE_RAMP = "UPDATE rollout SET paused = ?, version = version + 1 WHERE run = ?";
    static final String APPROVE = "UPDATE run SET contract_approved_by = ?, contract_approved_at = ? WHERE id = ?";
    static final String FOUR_EYES =
            "SELECT CAST(plan #>> '{terms,fourEyes}' AS boolean) AS four_eyes FROM rollout WHERE run = ?";
    static final String OPEN_INCIDENT =
            "SELECT id FROM incident WHERE flag_key = ? AND acknowledged_at IS NULL ORDER BY id LIMIT 1";
    static final String BACKUP = "UPDATE run SET backup = ?, backup_at = ? WHERE id = ?";
    static final String HISTORY = "SELECT at, from_phase, to_phase, because FROM phase_log WHERE run = ? ORDER BY id";

    private final ControlDatabase database;
    private final FlagStore flags;
    private final AuditStore audit;
    private final Clock clock;

    /** @param clock business time */
    public RunStore(ControlDatabase database, FlagStore flags, AuditStore audit, Clock clock) {
        this.database = database;
        this.flags = flags;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Creates the run with its rollout, its monitors, its scheduled SQL and, where it is missing, its flag.
     *
     * @return fails with {@link Refused} while a run of this migration or of this flag is alive, or when the flag already
     *     sends units to the new side
     */
    public Future<Run> start(Spec spec, Bundle bundle, Change change) {
        return database.transaction(tx -> flags.lock(tx)
                .compose(locked -> tx.first(
                        CONFLICT,
                        row -> "the migration " + Columns.text(row, "migration") + " of the flag "
                                + Columns.text(row, "flag_key") + " has a run that is not over",
                        spec.name(),
                        spec.flag().key()))
                .compose(conflict -> conflict.isPresent()
                        ? Future.succeededFuture(conflict)
                        : tx.first(
                                ALONE,
                                row -> "the flag " + spec.flag().key()
                                        + " has a rollout of its own that is not over: end it first",
                                spec.flag().key()))
                .compose(conflict -> conflict.isPresent()
                        ? Future.failedFuture(new Refused(conflict.get()))
                        : flag(tx, spec, change))
                .compose(flag -> insert(tx, spec, bundle, change))
                .compose(id -> audit.write(
                        tx,
                        Deed.of("run.start", subject(spec.name())).to(Map.of("run", id, "specHash", spec.hash())),
                        change))
                .compose(audited -> tx.first(FIND, RunRows::run, spec.name()))
                .map(Optional::orElseThrow));
    }

    private Future<Flag> flag(Tx tx, Spec spec, Change change) {
        return flags.find(tx, spec.flag().key())
                .compose(present -> present.isPresent()
                        ? fit(present.get(), spec)
                        : flags.create(
                                tx,
                                Flag.create(spec.flag().key())
                                        .withSplit(new Split(
                                                Weight.NONE, "", spec.flag().bucketBy())),
                                change));
    }

    private static Future<Flag> fit(Flag flag, Spec spec) {
        if (!flag.newSide().equals(Weight.NONE) || !flag.weight().equals(Weight.NONE)) {
            return Future.failedFuture(new Refused("the flag " + flag.key() + " already sends " + flag.weight()
                    + " to the new side, where no data is yet: set it to 0% first"));
        }
        if (!flag.split().bucketBy().equals(spec.flag().bucketBy())) {
            return Future.failedFuture(new Refused("the flag " + flag.key() + " is bucketed by "
                    + flag.split().bucketBy().orElse("the targeting key") + ", the spec says "
                    + spec.flag().bucketBy().orElse("the targeting key") + ": make them agree"));
        }
        if (!flag.live()) {
            return Future.failedFuture(new Refused(
                    "the flag " + flag.key() + " is switched off or rolled back: switch it on or acknowledge first"));
        }
        return Future.succeededFuture(flag);
    }

    private Future<Long> insert(Tx tx, Spec spec, Bundle bundle, Change change) {
        OffsetDateTime now = Columns.bind(clock.instant());
        return tx.first(
                        INSERT,
                        row -> row.getLong("id"),
                        spec.name(),
                        spec.database().database(),
                        spec.flag().key(),
                        spec.hash(),
                        Json.write(bundle),
                        now,
                        "started by " + change.actor(),
                        now,
                        change.actor(),
                        Json.write(spec.backfill().words()))
                .map(Optional::orElseThrow)
                .compose(id -> tx.change(
                                INSERT_ROLLOUT,
                                id,
                                spec.flag().key(),
                                Json.write(spec.rollout()),
                                spec.verifyMaxAge().toSeconds(),
                                now,
                                change.actor())
                        .compose(inserted -> monitors(tx, id, spec.monitors(), now))
                        .compose(inserted -> chores(tx, id, spec.chores(), now))
                        .map(id));
    }

    private static Future<Void> chores(Tx tx, long run, List<Chore> chores, OffsetDateTime now) {
        Future<Void> all = Future.succeededFuture();
        for (Chore chore : chores) {
            all = all.compose(before -> tx.change(INSERT_CHORE, run, chore.name(), Json.write(chore), now)
                    .mapEmpty());
        }
        return all;
    }

    private static Future<Void> monitors(Tx tx, long run, List<Monitor> monitors, OffsetDateTime now) {
        Future<Void> all = Future.succeededFuture();
        for (Monitor monitor : monitors) {
            all = all.compose(before -> tx.change(INSERT_MONITOR, run, monitor.name(), Json.write(monitor), now)
                    .mapEmpty());
        }
        return all;
    }

    /** The newest run of the migration, alive or over. */
    public Future<Optional<Run>> find(String migration) {
        return database.transaction(tx -> tx.first(FIND, RunRows::run, migration));
    }

    /** The spec as it was when the run was started. */
    public Future<Bundle> bundle(long run) {
        return database.transaction(tx -> tx.first(BUNDLE, row -> Columns.json(row, "bundle", Bundle.class), run))
                .map(bundle -> bundle.orElseThrow(() -> new Unknown("run", Long.toString(run))));
    }

    /**
     * Says what the operator wants; workers follow. Pausing also holds the rollout. Rolling back also takes the flag to
     * 0 in the same transaction, except once the old side is being taken away: then only the worker knows whether
     * there still is a way back, and it moves the flag as it enters ROLLING_BACK.
     *
     * @return the run; fails with {@link Unknown}, or {@link Refused} when the run is over or on its way back
     */
    public Future<Run> wish(String migration, Wish wish, Change change) {
        return changing(migration, change, "run.wish", Map.of("wish", wish), (tx, run) -> {
            // While contracting the wish may have been in vain: beyond the point of no return the run can only go on.
            if (run.standing().wish() == Wish.ROLL_BACK
                    && wish != Wish.ROLL_BACK
                    && run.effectivePhase() != Phase.CONTRACTING) {
                return Future.failedFuture(new Refused("the run of " + migration + " is being rolled back"));
            }
            Future<Integer> wished = tx.change(WISH, wish.name(), run.id());
            if (wish != Wish.ROLL_BACK) {
                return wished.compose(done -> tx.change(PAUSE_RAMP, wish == Wish.PAUSE, run.id()))
                        .mapEmpty();
            }
            if (run.effectivePhase() == Phase.CONTRACTING) {
                return wished.mapEmpty();
            }
            return wished.compose(done -> tx.change(RunClaims.END_RAMP, "rolled back by " + change.actor(), run.id()))
                    .compose(ended -> flags.update(tx, run.flagKey(), flag -> flag.withWeight(Weight.NONE), change))
                    .mapEmpty();
        });
    }

    /**
     * @return the run; fails with {@link Unknown}, or {@link Refused} when the run is over, an incident is open, or it needs
     *     four eyes and this is whoever started it
     */
    public Future<Run> approveContract(String migration, Change change) {
        return changing(migration, change, "run.approve-contract", Map.of(), (tx, run) -> tx.first(
                        FOUR_EYES, row -> row.getBoolean("four_eyes"), run.id())
                .compose(fourEyes -> fourEyes.orElse(false) && run.createdBy().equals(change.actor())
                        ? Future.failedFuture(new Refused("the contract of " + migration + " needs four eyes: "
                                + change.actor() + " has started the run, somebody else approves"))
                        : tx.first(OPEN_INCIDENT, row -> row.getLong("id"), run.flagKey()))
                .compose(open -> open.isPresent()
                        ? Future.failedFuture(new Refused("the contract of " + migration
                                + " cannot be approved while incident " + open.get() + " of its flag is open:"
                                + " acknowledge it first"))
                        : tx.change(APPROVE, change.actor(), Columns.bind(clock.instant()), run.id())
                                .mapEmpty()));
    }

    /**
     * @param backup where it is, in words that help whoever needs it
     * @return the run; fails with {@link Unknown}, or {@link Refused} when the run is over
     */
    public Future<Run> recordBackup(String migration, String backup, Change change) {
        return changing(migration, change, "run.backup", Map.of("backup", backup), (tx, run) -> tx.change(
                        BACKUP, backup, Columns.bind(clock.instant()), run.id())
                .mapEmpty());
    }

    /** Oldest first. */
    public Future<List<PhaseChange>> log(long run) {
        return database.transaction(tx -> tx.all(
                HISTORY,
                row -> new PhaseChange(
                        Columns.instant(row, "at"),
                        Columns.word(row, "from_phase", Phase.class),
                        Columns.word(row, "to_phase", Phase.class),
                        Columns.text(row, "because")),
                run));
    }

    /** Of a run that is not over and that the change was decided on, under its row's lock, with an entry in the audit. */
    Future<Run> changing(String migration, Change change, String action, Map<String, Object> after, Doing doing) {
        return database.transaction(tx -> tx.first(LOCK, RunRows::run, migration)
                .map(run -> run.orElseThrow(() -> new Unknown("migration", migration)))
                .map(run -> {
                    change.check("run of " + migration, run.tag());
                    return run;
                })
                .compose(run -> run.standing().phase().over()
                        ? Future.failedFuture(new Refused("the run of " + migration + " is over: "
                                + run.standing().phase()))
                        : doing.with(tx, run))
                .compose(done ->
                        audit.write(tx, Deed.of(action, subject(migration)).to(after), change))
                .compose(audited -> tx.first(FIND, RunRows::run, migration))
                .map(Optional::orElseThrow));
    }

    private static String subject(String migration) {
        return "migration:" + migration;
    }

    @FunctionalInterface
    interface Doing {
        Future<Void> with(Tx tx, Run run);
    }
}
