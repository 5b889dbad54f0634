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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WithinLimitTest {
    private static final String TOO_MANY = "UPDATE visits SET length = 'long' WHERE id <= 18";

    @ParameterizedTest
    @EnumSource(names = {"ANALYZING", "BACKFILLING", "VERIFYING", "READY"})
    void noPhaseGoesOnWithMoreRowsPutAsideThanMayBeAndEachOneDoesOnceTheyAreMended(Phase phase) throws SQLException {
        try (Visits visits = new Visits(50)) {
            Visits.finish(new SyncTriggers(), visits.site());
            visits.planned(20).moved();
            visits.db.execute(TOO_MANY);

            assertThat(Visits.finish(work(visits, phase), visits.site()))
                    .isInstanceOfSatisfying(Stride.Stop.class, stop -> {
                        assertThat(stop.because()).isEqualTo("6 rows of visits are put aside, at most 5 may be");
                        assertThat(stop.problems()).hasSize(6).allMatch(row -> row.contains("long"));
                        assertThat(stop.nextAction()).contains("mend the rows", "roll back");
                    });
            assertThat(visits.db.one("SELECT count(*) FROM visits WHERE length = 'long'"))
                    .isEqualTo("6");

            visits.db.execute("DELETE FROM visits WHERE id = 3");
            PhaseWork resumed = work(visits, phase);
            assertThat(resumed.stride(visits.site()))
                    .isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                            .contains("tried again"));
            assertThat(resumed.stride(visits.site()).because()).doesNotContain("put aside, at most");
        }
    }

    @Test
    void whatIsPutAsideByTheLastStrideOfAPhaseKeepsItFromEnding() throws SQLException {
        try (Visits visits = new Visits(50)) {
            Visits.finish(new SyncTriggers(), visits.site());
            visits.planned(20).moved();
            PhaseWork work = new WithinLimit(site -> {
                visits.db.execute(TOO_MANY);
                return new Stride.Done("done");
            });
            assertThat(Visits.finish(work, visits.site())).isInstanceOf(Stride.Stop.class);
        }
    }

    private static PhaseWork work(Visits visits, Phase phase) {
        return new Phases(new Pace(visits.clock, 1, Duration.ofMillis(20)), RunSettings.of("a"))
                .of(phase, () -> RunBoard.Orders.NONE, result -> {});
    }
}
