package dev.turnout.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Phase;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuardedTest {
    @ParameterizedTest
    @EnumSource(names = {"ANALYZING", "BACKFILLING", "VERIFYING", "READY"})
    void noPhaseGoesOnWithTriggersThatSomebodyDisabled(Phase phase) throws SQLException {
        try (Visits visits = new Visits(50)) {
            Visits.finish(new SyncTriggers(), visits.site());
            visits.planned(20);
            visits.db.execute("ALTER TABLE visits DISABLE TRIGGER zzz_turnout_%d_update".formatted(Visits.RUN));
            Phases phases = new Phases(new Pace(visits.clock, 1, Duration.ofMillis(20)), RunSettings.of("a"));
            PhaseWork work = phases.of(phase, () -> RunBoard.Orders.NONE, result -> {});

            assertThat(work.stride(visits.site())).isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(
                            stop.problems().get(0))
                    .contains("visits", "disabled"));

            visits.db.execute("ALTER TABLE visits ENABLE ALWAYS TRIGGER zzz_turnout_%d_update".formatted(Visits.RUN));
            assertThat(phases.of(phase, () -> RunBoard.Orders.NONE, result -> {})
                            .stride(visits.site()))
                    .isNotInstanceOf(Stride.Stop.class);
        }
    }
}
