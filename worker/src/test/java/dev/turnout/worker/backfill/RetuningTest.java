package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.migration.Tuning;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.throttle.Gauge;
import dev.turnout.worker.throttle.Throttle;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What an operator changes is followed at the next batch, and costs no row. */
class RetuningTest {
    private static final Duration BATCH = Duration.ofMillis(5);

    @Test
    void lanesComeAndGoInTheMidstOfTheirBatchesAndEveryRowIsMovedOnce() throws Exception {
        try (Visits visits = new Visits(20_000)) {
            Visits.finish(new SyncTriggers(), visits.site());
            visits.planned(300);
            AtomicReference<Effort> effort = new AtomicReference<>(new Effort(BATCH, 1));
            Backfill backfill = Visits.backfill(Tuning.NONE, effort::get);
            AtomicBoolean moving = new AtomicBoolean(true);
            ExecutorService pool = Executors.newFixedThreadPool(7);
            try {
                List<Future<?>> lanes = new ArrayList<>();
                for (int lane = 1; lane < 6; lane++) {
                    lanes.add(pool.submit(strides(visits, backfill, lane, moving)));
                }
                Future<?> operator = pool.submit(() -> {
                    Random random = new Random(7);
                    while (moving.get()) {
                        effort.set(new Effort(BATCH, 1 + random.nextInt(6)));
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                    }
                });
                assertThat(Visits.finish(backfill, visits.site(1, 0, "a"))).isInstanceOf(Stride.Done.class);
                moving.set(false);
                operator.get(60, TimeUnit.SECONDS);
                for (Future<?> lane : lanes) {
                    lane.get(60, TimeUnit.SECONDS);
                }
            } finally {
                pool.shutdownNow();
            }
            assertThat(visits.differing()).isEqualTo("0");
            assertThat(visits.db.one("SELECT sum(rows_done), bool_and(state = 'DONE') FROM turnout.chunk"))
                    .isEqualTo("20000|t");
            assertThat(visits.db.one("SELECT count(*) FROM turnout.chunk WHERE took_ms > 0"))
                    .as("how long it took is kept with the chunk")
                    .isNotEqualTo("0");
        }
    }

    private static Callable<Integer> strides(Visits visits, Backfill backfill, int lane, AtomicBoolean moving) {
        return () -> {
            int rests = 0;
            while (moving.get()) {
                Stride stride = backfill.stride(visits.site(1, lane, "a"));
                if (stride instanceof Stride.Rest) {
                    rests++;
                }
                if (!(stride instanceof Stride.Again)) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                }
            }
            return rests;
        };
    }

    @Test
    void aLaneThatIsOneTooManyLeavesItsChunkToTheOthersAtOnce() throws SQLException {
        try (Visits visits = new Visits(2_000).planned(2_000)) {
            AtomicReference<Effort> effort = new AtomicReference<>(new Effort(BATCH, 2));
            Backfill backfill = Visits.backfill(Tuning.NONE, effort::get);
            assertThat(backfill.stride(visits.site(1, 1, "a"))).isInstanceOf(Stride.Again.class);
            assertThat(backfill.stride(visits.site(1, 0, "a")))
                    .as("the only chunk is lane 1's")
                    .isInstanceOf(Stride.Wait.class);
            effort.set(new Effort(BATCH, 1));
            assertThat(backfill.stride(visits.site(1, 1, "a"))).isInstanceOf(Stride.Rest.class);
            assertThat(backfill.stride(visits.site(1, 0, "a"))).isInstanceOf(Stride.Again.class);
            assertThat(Visits.finish(backfill, visits.site(1, 0, "a"))).isInstanceOf(Stride.Done.class);
            assertThat(visits.db.one("SELECT sum(rows_done) FROM turnout.chunk"))
                    .isEqualTo("2000");
        }
    }

    @Test
    void aThrottleStopsItWithItsReasonAndTheProgressSaysHowLong() throws SQLException {
        try (Visits visits = new Visits(5_000).planned(1_000)) {
            AtomicReference<Tuning> tuning = new AtomicReference<>(Tuning.NONE);
            Backfill backfill =
                    new Backfill(new Gauge(Throttle.DEFAULT, tuning::get, new SetClock()), () -> new Effort(BATCH, 1));
            assertThat(backfill.stride(visits.site())).isInstanceOf(Stride.Again.class);
            tuning.set(Tuning.of(Map.of("throttle", "the sale begins")));
            String before = visits.db.one("SELECT count(minutes) FROM visits");
            for (int i = 0; i < 8; i++) {
                assertThat(backfill.stride(visits.site()))
                        .isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                                .contains("the sale begins"));
            }
            assertThat(visits.db.one("SELECT count(minutes) FROM visits")).isEqualTo(before);
            tuning.set(Tuning.NONE);
            await().until(() -> progress(backfill.stride(visits.site())).throttled() > 0.5);
        }
    }

    private static Progress.Outlook progress(Stride stride) {
        return stride instanceof Stride.Again again
                ? again.progress().outlook().orElseThrow()
                : new Progress.Outlook(0, 0, 0, 0);
    }

    @Test
    void lanesThatMeetLocksBecomeFewer() throws SQLException {
        try (Visits visits = new Visits(400).planned(100);
                Connection application = visits.db.connect()) {
            application.setAutoCommit(false);
            application.createStatement().execute("UPDATE visits SET note = 'mine'");
            Backfill backfill = Visits.backfill(Tuning.NONE, () -> new Effort(BATCH, 4));
            assertThat(backfill.stride(visits.site(1, 0, "a")).because()).contains("giving way");
            assertThat(backfill.stride(visits.site(1, 3, "a"))).isInstanceOf(Stride.Rest.class);
            assertThat(backfill.stride(visits.site(1, 2, "a"))).isInstanceOf(Stride.Rest.class);
            application.commit();
            await().until(() -> !(backfill.stride(visits.site(1, 3, "a")) instanceof Stride.Rest));
        }
    }
}
