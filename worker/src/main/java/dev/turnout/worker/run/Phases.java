package dev.turnout.worker.run;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.analyze.Analyze;
import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Effort;
import dev.turnout.worker.backfill.RejectedLimit;
import dev.turnout.worker.backfill.RejectedRow;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.backfill.SecondTry;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.check.Baseline;
import dev.turnout.worker.check.Validation;
import dev.turnout.worker.contract.ContractPhase;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.preflight.Preflight;
import dev.turnout.worker.remote.ChangelogTriggers;
import dev.turnout.worker.remote.DualWrite;
import dev.turnout.worker.remote.RemoteBackfill;
import dev.turnout.worker.remote.RemotePlan;
import dev.turnout.worker.remote.RemotePreflight;
import dev.turnout.worker.remote.RemoteRehearsal;
import dev.turnout.worker.remote.SecondChance;
import dev.turnout.worker.remote.WayBack;
import dev.turnout.worker.reverse.Rollback;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.throttle.Gauge;
import dev.turnout.worker.throttle.Throttle;
import dev.turnout.worker.verify.Demand;
import dev.turnout.worker.verify.FreeNumbers;
import dev.turnout.worker.verify.Rehearsal;
import dev.turnout.worker.verify.RollingVerification;
import dev.turnout.worker.verify.Verify;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Which work makes which phase. Thread-safe. */
final class Phases implements Works {
    /** Of each side, in a list that somebody reads; the rest is in turnout.rejected. */
    private static final int REJECTED_SHOWN = 1_000;

    private final Pace pace;
    private final RunSettings settings;

    private final boolean remote;
    private final BatchLog batches = new BatchLog();

    /** Of a run whose sides are on one server. */
    Phases(Pace pace, RunSettings settings) {
        this(pace, settings, false);
    }

    Phases(Pace pace, RunSettings settings, Spec spec) {
        this(pace, settings, spec.transfers().stream().anyMatch(spec::remote));
    }

    private Phases(Pace pace, RunSettings settings, boolean remote) {
        this.pace = pace;
        this.settings = settings;
        this.remote = remote;
    }

    @Override
    public PhaseWork of(Phase phase, Supplier<RunBoard.Orders> orders, Consumer<RollingVerification.Result> verified) {
        Supplier<Tuning> tuning = () -> orders.get().tuning();
        PhaseWork here = here(phase, tuning, () -> orders.get().demands(), verified);
        PhaseWork work = whole(phase, tuning, here);
        return switch (phase) {
            // Before, no row can be put aside; later the rollout waits for them, and the contract begins with none.
            case ANALYZING, BACKFILLING, VERIFYING, READY -> new WithinLimit(work);
            default -> work;
        };
    }

    /** With what two servers need besides. */
    private PhaseWork whole(Phase phase, Supplier<Tuning> tuning, PhaseWork here) {
        if (!remote) {
            return here;
        }
        return switch (phase) {
            case CREATED -> new InOrder(here, RemotePreflight.beforeExpand());
            case SYNCING ->
                new InOrder(
                        RemotePreflight.afterExpand(),
                        here,
                        new ChangelogTriggers(),
                        new RemotePlan(settings.chunkRows()));
            // What stays on the old server first: an id map is read by what leaves it.
            case BACKFILLING ->
                new InOrder(here, new RemoteBackfill(() -> effort(tuning.get()).batch(), batches));
            case READY -> new InOrder(here, new RemoteRehearsal());
            case CONTRACTING -> new InOrder(WayBack.toNew(settings.flip()), here, WayBack.opening(Side.OLD));
            case ROLLING_BACK -> new InOrder(WayBack.toOld(settings.flip()), here, WayBack.opening(Side.NEW));
            default -> here;
        };
    }

    @Override
    public Optional<PhaseWork> beside(Phase phase) {
        if (!remote) {
            return Optional.empty();
        }
        return switch (phase) {
            case ANALYZING, BACKFILLING, VERIFYING, READY, ROLLING_OUT -> Optional.of(DualWrite.carrying());
            case SOAKING -> Optional.of(DualWrite.flipping(settings.flip()));
            default -> Optional.empty();
        };
    }

    private PhaseWork here(
            Phase phase,
            Supplier<Tuning> tuning,
            Supplier<List<Demand>> demands,
            Consumer<RollingVerification.Result> verified) {
        return switch (phase) {
            case CREATED -> new InOrder(new Preflight(), new Baseline());
            case ROLLING_BACK -> new Rollback();
            case ANALYZING -> new Guarded(new Analyze());
            case CONTRACTING -> new ContractPhase();
            case EXPANDING -> new Expand();
            case SYNCING -> new InOrder(new SyncTriggers(), new ChunkPlan(settings.chunkRows()));
            case BACKFILLING ->
                new Guarded(new Backfill(
                        new Gauge(Throttle.DEFAULT, tuning, pace.clock()), () -> effort(tuning.get()), batches));
            case VERIFYING -> new Guarded(new InOrder(new Verify(demands, verified), new Validation()));
            case READY -> new Guarded(new InOrder(new FreeNumbers(), new Rehearsal()));
            case ROLLING_OUT, SOAKING -> new RollingVerification(pace, demands, verified);
            case DONE, PAUSED, ROLLED_BACK, FAILED ->
                site -> {
                    throw new IllegalStateException("there is no work in " + phase);
                };
        };
    }

    private Effort effort(Tuning tuning) {
        return new Effort(
                tuning.batch().orElse(settings.batch()), tuning.lanes().orElse(settings.lanes()));
    }

    @Override
    public int lanes(Phase phase, Tuning tuning) {
        return phase == Phase.BACKFILLING ? effort(tuning).lanes() : 1;
    }

    @Override
    public RunBoard.Rejected rejected(Site site, boolean tryAgain) throws SQLException {
        if (tryAgain) {
            SecondTry.ofAll(site);
            SecondChance.ofAll(site);
        }
        long total = 0;
        List<RejectedRow> rows = new ArrayList<>();
        for (Side side : RejectedLimit.sides(site)) {
            total += site.database(side)
                    .transaction(Limits.BOOKKEEPING, connection -> RejectedRows.count(connection, site));
            rows.addAll(site.database(side)
                    .transaction(
                            Limits.BOOKKEEPING,
                            connection -> RejectedRows.first(connection, site, side, REJECTED_SHOWN)));
        }
        return new RunBoard.Rejected(total, rows, RejectedLimit.beyond(site));
    }

    @Override
    public List<SchemaLog.Line> schemaLog(Site site) throws SQLException {
        return SchemaLog.newest(site);
    }

    @Override
    public List<BatchLog.Line> batches() {
        return batches.drain();
    }

    @Override
    public Optional<String> pointOfNoReturn(Site site) throws SQLException {
        Optional<String> contract = ContractPhase.pointOfNoReturn(site);
        return contract.isPresent() || !remote ? contract : WayBack.pointOfNoReturn(site);
    }
}
