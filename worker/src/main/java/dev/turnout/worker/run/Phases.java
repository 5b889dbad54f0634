package dev.turnout.worker.run;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Phase;
import dev.turnout.worker.analyze.Analyze;
import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.contract.ContractPhase;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.preflight.Preflight;
import dev.turnout.worker.reverse.Rollback;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.throttle.Gauge;
import dev.turnout.worker.throttle.Throttle;
import dev.turnout.worker.verify.Rehearsal;
import dev.turnout.worker.verify.RollingVerification;
import dev.turnout.worker.verify.Verify;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Consumer;

/** Which work makes which phase. Immutable. */
final class Phases implements Works {
    private final Pace pace;
    private final RunSettings settings;

    Phases(Pace pace, RunSettings settings) {
        this.pace = pace;
        this.settings = settings;
    }

    @Override
    public PhaseWork of(Phase phase, Consumer<RollingVerification.Result> verified) {
        return switch (phase) {
            case CREATED -> new Preflight();
            case ROLLING_BACK -> new Rollback();
            case ANALYZING -> new Analyze();
            case CONTRACTING -> new ContractPhase();
            case EXPANDING -> new Expand();
            case SYNCING -> new InOrder(new SyncTriggers(), new ChunkPlan(settings.chunkRows()));
            case BACKFILLING -> new Backfill(new Gauge(Throttle.DEFAULT), settings::batch);
            case VERIFYING -> new Verify();
            case READY -> new Rehearsal();
            case ROLLING_OUT, SOAKING -> new RollingVerification(pace, verified);
            case DONE, PAUSED, ROLLED_BACK, FAILED ->
                site -> {
                    throw new IllegalStateException("there is no work in " + phase);
                };
        };
    }

    @Override
    public int lanes(Phase phase) {
        return phase == Phase.BACKFILLING ? settings.lanes() : 1;
    }

    @Override
    public Optional<String> pointOfNoReturn(Site site) throws SQLException {
        return ContractPhase.pointOfNoReturn(site);
    }
}
