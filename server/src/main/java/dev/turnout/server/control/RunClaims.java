package dev.turnout.server.control;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.worker.run.RunBoard;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The board that workers drive runs by. A lease is reckoned by the database's clock and only says when somebody else may
 * claim; what keeps two drivers apart is the epoch, checked by every write. Thread-safe.
 */
public final class RunClaims implements RunBoard {
    static final String CLAIM = "UPDATE run r SET"
            + " epoch = CASE WHEN r.claimed_by = ? THEN r.epoch ELSE r.epoch + 1 END, claimed_by = ?,"
            + " claimed_until = clock_timestamp() + CAST(? AS bigint) * interval '1 millisecond'"
            + " WHERE " + RunRows.ALIVE + " AND r.database = ANY (?)"
            + " AND (r.claimed_by = ? OR r.claimed_by IS NULL OR r.claimed_until < clock_timestamp())";
    static final String CLAIMED = "SELECT r.id, r.migration, r.epoch, r.bundle, r.phase, r.phase_entered_at, r.because,"
            + " r.wish, r.paused_from, r.contract_approved_by, r.backup, o.state, o.full_since, o.plan, o.entered_at, f.version, f.definition,"
            + " r.tuning, r.retries_wanted,"
            + " (SELECT coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'table', nullif(v.table_name, '')) ORDER BY v.id), '[]')"
            + " FROM verification v WHERE v.run = r.id AND v.over_at IS NULL) AS demands,"
            + " (SELECT count(*) FROM incident i WHERE i.flag_key = r.flag_key AND i.acknowledged_at IS NULL)"
            + " AS open_incidents"
            + " FROM run r JOIN rollout o ON o.run = r.id JOIN flag f ON f.key = r.flag_key"
            + " WHERE r.claimed_by = ? AND " + RunRows.ALIVE + " AND r.database = ANY (?) ORDER BY r.id";
    static final String ENTER = "UPDATE run SET phase = ?, phase_entered_at = ?, paused_from = ?, because = ?,"
            + " reports = reports || CAST(? AS jsonb)"
            + " WHERE id = ? AND epoch = ? AND phase = ? RETURNING flag_key";
    static final String WIPE = "UPDATE run SET waiting_for = '', next_action = '', problems = '[]', progress = "
            + RunRows.AGES_ONLY + " WHERE id = ?";
    static final String LOG = "INSERT INTO phase_log (run, at, from_phase, to_phase, because) VALUES (?, ?, ?, ?, ?)";
    static final String OPEN_RAMP = "UPDATE rollout SET state = 'RUNNING', entered_at = ?, because = ?,"
            + " version = version + 1 WHERE run = ? AND state = 'IDLE'";
    static final String END_RAMP = "UPDATE rollout SET state = 'ENDED', because = ?, version = version + 1"
            + " WHERE run = ? AND state <> 'ENDED'";
    static final String HOLD = "UPDATE run SET wish = 'PAUSE' WHERE id = ? AND wish = 'RUN'";
    static final String NOTE = "UPDATE run SET waiting_for = ?, progress = " + RunRows.AGES_ONLY
            + " || CAST(? AS jsonb), problems = CAST(? AS jsonb)," + " next_action = ? WHERE id = ? AND epoch = ?";
    static final String VERIFIED = "UPDATE run SET verified_from = ?, mismatches = ? WHERE id = ? AND epoch = ?";
    static final String MET = "UPDATE verification v SET chunks = m.chunks, done = m.done, differences = m.differences,"
            + " over_at = CASE WHEN m.\"over\" THEN CAST(? AS timestamptz) END"
            + " FROM jsonb_to_recordset(CAST(? AS jsonb))"
            + " AS m (demand bigint, chunks bigint, done bigint, differences bigint, \"over\" boolean)"
            + " WHERE v.id = m.demand AND v.run = ? AND v.over_at IS NULL";
    static final String UNMET = "UPDATE verification SET over_at = ?, unmet = ? WHERE run = ? AND over_at IS NULL";
    static final String REJECTED = "UPDATE run SET rejected_total = ?, rejected_at = ?, rejected_beyond = ?,"
            + " retries_done = greatest(retries_done, ?) WHERE id = ? AND epoch = ?";
    static final String FORGET_REJECTED = "DELETE FROM rejected_row WHERE run = ?";
    static final String ADD_REJECTED =
            "INSERT INTO rejected_row (run, side, id, table_name, key, phase, sqlstate, message, at)"
                    + " SELECT ?, r.side, r.id, r.\"table\", CAST(r.key AS jsonb), r.phase, r.sqlstate, r.message, r.at"
                    + " FROM jsonb_to_recordset(CAST(? AS jsonb)) AS r (side text, id bigint, \"table\" text, key text, phase text,"
                    + " sqlstate text, message text, at timestamptz)";
    /** Until the transaction ends nobody else takes the run. */
    static final String HELD = "SELECT id FROM run WHERE id = ? AND epoch = ? FOR UPDATE";

    static final String RELEASE =
            "UPDATE run SET claimed_by = NULL, claimed_until = NULL WHERE id = ? AND epoch = ? AND claimed_by IS NOT NULL";

    /** What an operator was told there stays until the run goes on. */
    private static final Set<Phase> STANDING_STILL = Set.of(Phase.PAUSED, Phase.FAILED);

    /** Where nothing is verified any more. */
    private static final Set<Phase> ONE_SIDE =
            EnumSet.of(Phase.CONTRACTING, Phase.ROLLING_BACK, Phase.DONE, Phase.ROLLED_BACK);

    private final ControlDatabase database;
    private final FlagStore flags;
    private final Clock clock;

    /** @param clock business time */
    public RunClaims(ControlDatabase database, FlagStore flags, Clock clock) {
        this.database = database;
        this.flags = flags;
        this.clock = clock;
    }

    @Override
    public Future<List<Claim>> claim(String worker, List<String> databases, Duration lease) {
        String[] names = databases.toArray(String[]::new);
        return database.transaction(tx -> tx.change(CLAIM, worker, worker, lease.toMillis(), names, worker)
                .compose(claimed -> claimed == 0
                        ? Future.succeededFuture(List.of())
                        : tx.all(CLAIMED, this::claimed, worker, names)));
    }

    @Override
    public Future<Void> enter(Claim claim, Phase from, Phase to, String because, Map<String, Object> report) {
        return database.transaction(tx -> {
            OffsetDateTime now = Columns.bind(clock.instant());
            return tx.first(
                            ENTER,
                            row -> Columns.text(row, "flag_key"),
                            to.name(),
                            now,
                            STANDING_STILL.contains(to) ? resumed(claim, from).name() : null,
                            because,
                            Json.write(report.isEmpty() ? Map.of() : Map.of(from.name(), report)),
                            claim.run(),
                            claim.epoch(),
                            from.name())
                    .map(flagKey -> flagKey.orElseThrow(() -> lost(claim)))
                    .compose(flagKey -> tx.change(LOG, claim.run(), now, from.name(), to.name(), because)
                            .compose(logged -> STANDING_STILL.contains(to)
                                    ? Future.succeededFuture()
                                    : tx.change(WIPE, claim.run()))
                            .compose(wiped -> ONE_SIDE.contains(to)
                                    ? tx.change(UNMET, now, because, claim.run())
                                    : Future.succeededFuture())
                            .compose(wiped -> consequence(tx, claim, flagKey, to, because, now)));
        });
    }

    /** A run that fails while it is paused resumes where it was paused. */
    private static Phase resumed(Claim claim, Phase from) {
        return STANDING_STILL.contains(from) ? claim.pausedFrom().orElse(from) : from;
    }

    private Future<Void> consequence(Tx tx, Claim claim, String flagKey, Phase to, String because, OffsetDateTime now) {
        return switch (to) {
            case ROLLING_OUT ->
                tx.change(OPEN_RAMP, now, because, claim.run())
                        .compose(opened -> tx.change(MonitorStore.STEP_ENTERED, now, claim.run()))
                        .mapEmpty();
            case ROLLING_BACK ->
                tx.change(END_RAMP, because, claim.run())
                        .compose(ended -> flags.update(
                                tx,
                                flagKey,
                                flag -> flag.withWeight(Weight.NONE),
                                new Change("worker", "rolling back: " + because)))
                        .mapEmpty();
            // It would go on, and fail, for ever: an operator has to say when.
            case FAILED -> tx.change(HOLD, claim.run()).mapEmpty();
            case DONE, ROLLED_BACK -> tx.change(END_RAMP, because, claim.run()).mapEmpty();
            default -> Future.succeededFuture();
        };
    }

    @Override
    public Future<Void> note(Claim claim, Note note) {
        return database.transaction(tx -> tx.change(
                        NOTE,
                        note.waitingFor(),
                        progress(note),
                        Json.write(note.problems()),
                        note.nextAction(),
                        claim.run(),
                        claim.epoch())
                .compose(noted -> noted == 0
                        ? Future.failedFuture(lost(claim))
                        : note.verified()
                                .map(verified -> verified(tx, claim, verified))
                                .orElse(Future.succeededFuture(0)))
                .mapEmpty());
    }

    private Future<Integer> verified(Tx tx, Claim claim, Verified verified) {
        return tx.change(VERIFIED, Columns.bind(verified.from()), verified.mismatches(), claim.run(), claim.epoch())
                .compose(told -> verified.met().isEmpty()
                        ? Future.succeededFuture(0)
                        : tx.change(MET, Columns.bind(clock.instant()), Json.write(verified.met()), claim.run()));
    }

    /** The ages are kept with it until there are newer ones, whatever phase the run is in. */
    private static String progress(Note note) {
        Map<String, Object> progress = new HashMap<>(note.progress());
        note.verified()
                .ifPresent(
                        verified -> progress.put(RunRows.AGES, verified.ages().cells()));
        return Json.write(progress);
    }

    @Override
    public Future<Void> rejected(Claim claim, Rejected rows, long triedAgain) {
        return database.transaction(tx -> tx.change(
                        REJECTED,
                        rows.total(),
                        Columns.bind(clock.instant()),
                        String.join("; ", rows.beyond()),
                        triedAgain,
                        claim.run(),
                        claim.epoch())
                .compose(shown ->
                        shown == 0 ? Future.failedFuture(lost(claim)) : tx.change(FORGET_REJECTED, claim.run()))
                .compose(forgotten -> tx.change(ADD_REJECTED, claim.run(), Json.write(rows.rows())))
                .mapEmpty());
    }

    @Override
    public Future<Void> logged(Claim claim, Log log) {
        return database.transaction(tx -> tx.first(HELD, row -> row.getLong("id"), claim.run(), claim.epoch())
                .compose(held ->
                        held.isEmpty() ? Future.failedFuture(lost(claim)) : LogStore.write(tx, claim.run(), log)));
    }

    @Override
    public Future<Void> release(Claim claim) {
        return database.transaction(
                tx -> tx.change(RELEASE, claim.run(), claim.epoch()).mapEmpty());
    }

    private static ClaimLost lost(Claim claim) {
        return new ClaimLost(claim.migration(), claim.epoch());
    }

    /** Units that were held back have to be on the new side for as long before the old one may go. */
    private static final Duration RELEASED_FOR = Duration.ofHours(1);

    private Claim claimed(Row row) {
        Run.Standing standing = RunRows.standing(row);
        Rollout.State state = Columns.word(row, "state", Rollout.State.class);
        Flag flag = FlagStore.flag(row);
        return new Claim(
                Columns.text(row, "migration"),
                row.getLong("id"),
                row.getLong("epoch"),
                Columns.json(row, "bundle", Bundle.class),
                standing.phase(),
                standing.enteredAt(),
                standing.wish(),
                standing.pausedFrom(),
                new RolloutView(
                        state != Rollout.State.IDLE,
                        state == Rollout.State.COMPLETE,
                        flag.newSide().hundredThousandths(),
                        Columns.optionalInstant(row, "full_since").filter(since -> nobodyHeldBack(row, flag)),
                        row.getInteger("open_incidents"),
                        Columns.optionalText(row, "contract_approved_by"),
                        Columns.optionalText(row, "backup")),
                new Orders(
                        RunRows.tuning(row),
                        row.getLong("retries_wanted"),
                        Json.read(Columns.text(row, "demands"), Json.DEMANDS)));
    }

    private boolean nobodyHeldBack(Row row, Flag flag) {
        Weight holdback = Columns.json(row, "plan", Plan.class).terms().holdback();
        Instant released = Columns.instant(row, "entered_at").plus(RELEASED_FOR);
        return holdback.equals(Weight.NONE)
                || (flag.weight().equals(Weight.ALL) && !clock.instant().isBefore(released));
    }
}
