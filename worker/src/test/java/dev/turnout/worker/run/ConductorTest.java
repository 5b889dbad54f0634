package dev.turnout.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.RejectedRow;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.Orders;
import dev.turnout.worker.run.RunBoard.RolloutView;
import dev.turnout.worker.run.RunBoard.Wish;
import dev.turnout.worker.testkit.WholeWay;
import dev.turnout.worker.verify.Demand;
import dev.turnout.worker.verify.RollingVerification;
import io.vertx.core.Vertx;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConductorTest {
    private static final RunSettings SETTINGS =
            new RunSettings("a", 3, 100, Duration.ofMillis(50), Duration.ofMillis(20), Duration.ofSeconds(10));

    private final MemoryBoard board = new MemoryBoard(new Bundle("m.yaml", Map.of("m.yaml", "")));
    private final Scripted works = new Scripted();
    private final AtomicBoolean lost = new AtomicBoolean();
    private final Vertx vertx = Vertx.vertx();
    private @Nullable Conductor conductor;

    private final Visits visits;
    private final Workshop shop;

    ConductorTest() throws SQLException {
        visits = new Visits(0);
        shop = new Workshop(
                vertx,
                vertx.createSharedWorkerExecutor("strides", 3),
                board,
                SETTINGS,
                new Pace(visits.clock, 1, Duration.ofMillis(20)));
    }

    @BeforeEach
    void drive() {
        works.script(Phase.ROLLING_OUT, site -> new Stride.Wait(Duration.ofMillis(10), "again"));
        works.script(Phase.SOAKING, site -> new Stride.Wait(Duration.ofMillis(10), "again"));
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        visits.close();
    }

    @Test
    void aRunGoesFromPhaseToPhaseAsItsWorkAndItsRolloutAllow() {
        Set<Integer> lanes = ConcurrentHashMap.newKeySet();
        works.script(Phase.BACKFILLING, site -> {
            lanes.add(site.lane());
            return lanes.size() == 3 && site.lane() == 0
                    ? new Stride.Done("all moved")
                    : new Stride.Wait(Duration.ofMillis(5), "the other lanes");
        });
        begin();
        await().until(() -> board.phase() == Phase.ROLLING_OUT);
        board.rollout(view(true, 100_000, Optional.empty(), Optional.empty()));
        await().until(() -> board.phase() == Phase.SOAKING);
        await().until(() -> board.note().nextAction().contains("backup"));
        assertThat(board.note().nextAction()).contains("approve");
        RolloutView agreed = view(true, 100_000, Optional.of("amy"), Optional.of("s3://backup"));
        visits.clock.pass(Duration.ofDays(14));
        board.rollout(agreed);
        await().until(() -> board.phase() == Phase.DONE);
        assertThat(board.log()).containsExactlyElementsOf(WholeWay.ENTERED);
    }

    @Test
    void aStopShowsItsProblemsAndWaitsForAnOperator() {
        AtomicInteger tries = new AtomicInteger();
        works.script(
                Phase.ANALYZING,
                site -> tries.incrementAndGet() == 1
                        ? new Stride.Stop("a format nobody knows", List.of("3 rows of 'noonish'"), "add a rule")
                        : new Stride.Wait(Duration.ofMillis(10), "enough"));
        begin();
        await().until(() -> board.phase() == Phase.FAILED);
        assertThat(board.because()).isEqualTo("a format nobody knows");
        assertThat(board.note().problems()).containsExactly("3 rows of 'noonish'");
        assertThat(board.note().nextAction()).isEqualTo("add a rule");
        await().during(Duration.ofMillis(150)).until(() -> board.phase() == Phase.FAILED);
        board.wish(Wish.RUN);
        await().until(() -> board.phase() == Phase.ANALYZING && tries.get() > 1);
    }

    @Test
    void pausedItDoesNothingAndResumesWhereItWas() {
        AtomicInteger strides = new AtomicInteger();
        works.script(Phase.BACKFILLING, site -> {
            strides.incrementAndGet();
            return new Stride.Again("moving", Progress.of(1, 2, "rows"));
        });
        begin();
        await().until(() -> strides.get() > 10);
        board.wish(Wish.PAUSE);
        await().until(() -> board.phase() == Phase.PAUSED);
        int at = strides.get();
        await().during(Duration.ofMillis(150)).until(() -> strides.get() == at);
        board.wish(Wish.RUN);
        await().until(() -> board.phase() == Phase.BACKFILLING && strides.get() > at);
    }

    @Test
    void theWayBackBeginsOnlyWhenTheFlagIsAtZero() {
        AtomicInteger back = new AtomicInteger();
        works.script(Phase.ROLLING_BACK, site -> {
            back.incrementAndGet();
            return new Stride.Done("taken back");
        });
        board.at(Phase.ROLLING_OUT);
        board.rollout(view(false, 25_000, Optional.empty(), Optional.empty()));
        begin();
        board.wish(Wish.ROLL_BACK);
        await().until(() -> board.note().waitingFor().contains("0 %"));
        assertThat(board.phase()).isEqualTo(Phase.ROLLING_BACK);
        assertThat(back.get()).isZero();
        board.rollout(view(false, 0, Optional.empty(), Optional.empty()));
        await().until(() -> board.phase() == Phase.ROLLED_BACK);
    }

    @Test
    void whoGoesBackDoesNotWaitForALogThatCannotBeRead() {
        CountDownLatch answers = new CountDownLatch(1);
        works.log = answers;
        works.script(Phase.ROLLING_BACK, site -> new Stride.Wait(Duration.ofMillis(10), "the flag"));
        board.at(Phase.ROLLING_OUT);
        begin();
        board.wish(Wish.ROLL_BACK);
        try {
            await().until(() -> board.phase() == Phase.ROLLING_BACK);
        } finally {
            answers.countDown();
        }
    }

    @Test
    void beyondThePointOfNoReturnThereIsNoWayBackAndTheReasonIsShown() {
        works.beyond = Optional.of("run drop-old.sql");
        works.script(Phase.CONTRACTING, site -> new Stride.Wait(Duration.ofMillis(10), "an index"));
        board.at(Phase.CONTRACTING);
        begin();
        board.wish(Wish.ROLL_BACK);
        await().until(() -> board.note().waitingFor().contains("run drop-old.sql"));
        assertThat(board.log()).isEmpty();
        board.wish(Wish.RUN);
        works.script(Phase.CONTRACTING, site -> new Stride.Done("gone"));
        await().until(() -> board.phase() == Phase.DONE);
    }

    @Test
    void aFailingDatabaseIsShownAndTriedAgain() {
        AtomicInteger tries = new AtomicInteger();
        works.script(Phase.EXPANDING, site -> {
            if (tries.incrementAndGet() < 4) {
                throw new SQLException("the line went dead", "08006");
            }
            return new Stride.Done("there");
        });
        begin();
        await().until(() -> board.note().waitingFor().contains("the line went dead"));
        await().until(() -> board.log().contains(Phase.SYNCING));
    }

    @Test
    void whoeverLostTheRunEntersNothing() {
        AtomicInteger strides = new AtomicInteger();
        works.script(Phase.CREATED, site -> {
            strides.incrementAndGet();
            return new Stride.Wait(Duration.ofMillis(5), "on");
        });
        begin();
        await().until(() -> strides.get() > 2);
        board.takeAway();
        board.claim("b", List.of(), Duration.ofSeconds(10));
        works.script(Phase.CREATED, site -> new Stride.Done("too late"));
        await().untilTrue(lost);
        assertThat(board.log()).isEmpty();
    }

    @Test
    void newLanesBeginWhileOthersAreAtWorkAndTheTuningReachesThemAtOnce() {
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        works.script(Phase.BACKFILLING, site -> {
            seen.add(site.lane());
            return new Stride.Again("moving", Progress.of(1, 2, "rows"));
        });
        board.orders(new Orders(Tuning.of(Map.of("lanes", "1")), 0));
        begin();
        await().until(() -> board.phase() == Phase.BACKFILLING && !seen.isEmpty());
        await().during(Duration.ofMillis(100)).until(() -> seen.equals(Set.of(0)));
        board.orders(new Orders(Tuning.of(Map.of("lanes", "3")), 0));
        await().until(() -> seen.equals(Set.of(0, 1, 2)));
    }

    @Test
    void aLaneThatRestsHidesNothingThatIsWaitedFor() {
        works.script(
                Phase.BACKFILLING,
                site -> site.lane() == 0
                        ? new Stride.Wait(Duration.ofMillis(5), "a replica")
                        : new Stride.Rest(Duration.ofMillis(1), "fewer lanes are wanted"));
        begin();
        await().until(() -> board.note().waitingFor().equals("a replica"));
        await().during(Duration.ofMillis(100))
                .until(() -> board.note().waitingFor().equals("a replica"));
    }

    @Test
    void theContractWaitsForWhatAnOperatorWantsVerifiedAnew() {
        AtomicReference<List<Demand>> known = new AtomicReference<>(List.of());
        works.ordered(Phase.SOAKING, orders -> site -> {
            known.set(orders.get().demands());
            return new Stride.Wait(Duration.ofMillis(5), "again");
        });
        begin();
        await().until(() -> board.phase() == Phase.ROLLING_OUT);
        Demand demand = new Demand(1, Optional.of("visits"));
        board.orders(new Orders(Tuning.NONE, 0, List.of(demand)));
        board.rollout(view(true, 100_000, Optional.of("amy"), Optional.of("s3://backup")));
        await().until(() -> board.phase() == Phase.SOAKING);
        visits.clock.pass(Duration.ofDays(14));
        await().until(() -> List.of(demand).equals(known.get()));
        await().until(() -> board.note().nextAction().contains("wants verified anew"));
        assertThat(board.phase()).isEqualTo(Phase.SOAKING);
        board.orders(Orders.NONE);
        await().until(() -> board.phase() == Phase.DONE);
    }

    @Test
    void rowsPutAsideAreShownAndTriedAgainEvenWhileTheRunHasFailed() {
        works.putAside.add(new RejectedRow(Side.OLD, 1, "visits", "{}", "BACKFILL", "22P02", "bad", Instant.EPOCH));
        works.script(Phase.BACKFILLING, site -> new Stride.Stop("too many", List.of("1"), "mend them"));
        begin();
        await().until(() -> board.phase() == Phase.FAILED && board.rejected().isPresent());
        assertThat(board.rejected().orElseThrow().total()).isEqualTo(1);
        assertThat(works.tries.get()).isZero();
        works.putAside.clear();
        board.orders(new Orders(Tuning.NONE, 1));
        await().until(() -> board.triedAgain() == 1);
        assertThat(works.tries.get()).isEqualTo(1);
        assertThat(board.rejected().orElseThrow().rows()).isEmpty();
    }

    @Test
    void whatGoesOnBesideAPhaseSaysWhatItWaitsForWhateverThePhaseSays() {
        works.beside(site -> new Stride.Wait(Duration.ofMillis(1), "the writes stay on the old side"));
        board.at(Phase.SOAKING);
        board.rollout(view(true, 100_000, Optional.empty(), Optional.empty()));
        begin();
        String both = "the conditions of the contract; the writes stay on the old side";
        await().until(() -> board.note().waitingFor().equals(both));
        await().during(Duration.ofMillis(100))
                .until(() -> board.note().waitingFor().equals(both));
        works.beside(site -> new Stride.Rest(Duration.ofMillis(1), "there is no change that can be carried"));
        await().until(() -> board.note().waitingFor().equals("the conditions of the contract"));
        works.beside(site -> {
            throw new SQLException("the line went dead", "08006");
        });
        await().until(() ->
                board.note().waitingFor().endsWith("are not carried to the other server: the line went dead"));
        board.wish(Wish.PAUSE);
        await().until(() -> board.phase() == Phase.PAUSED);
        await().until(() -> board.note().waitingFor().endsWith("the line went dead"));
        works.beside(site -> new Stride.Again("carrying changes", Progress.of(1, 1, "changes")));
        await().until(() -> board.note().waitingFor().isEmpty());
    }

    /** Renews as the verticle does, on one event loop. */
    private void begin() {
        vertx.getOrCreateContext().runOnContext(loop -> renew());
    }

    private void renew() {
        long asked = System.nanoTime();
        board.claim("a", List.of(visits.db.name()), SETTINGS.lease()).onSuccess(claims -> {
            for (Claim claim : claims) {
                Conductor known = conductor;
                if (known == null) {
                    known = new Conductor(shop, works, visits.db.database(), Optional.empty(), visits.spec(), claim);
                    conductor = known;
                }
                known.renewed(claim, asked);
            }
            if (conductor != null && conductor.lost()) {
                lost.set(true);
            }
            vertx.setTimer(SETTINGS.poll().toMillis(), again -> renew());
        });
    }

    private RolloutView view(boolean complete, int weight, Optional<String> approved, Optional<String> backup) {
        return new RolloutView(
                true,
                complete,
                weight,
                weight == 100_000 ? Optional.of(visits.clock.instant()) : Optional.empty(),
                0,
                approved,
                backup);
    }

    /** Phases that are done at once unless a test says how they go. */
    private static final class Scripted implements Works {
        private final Map<Phase, Function<Supplier<Orders>, PhaseWork>> scripts = new ConcurrentHashMap<>();
        final List<RejectedRow> putAside = new CopyOnWriteArrayList<>();
        final AtomicInteger tries = new AtomicInteger();
        volatile Optional<String> beyond = Optional.empty();
        volatile CountDownLatch log = new CountDownLatch(0);
        private volatile Optional<PhaseWork> beside = Optional.empty();

        void script(Phase phase, PhaseWork work) {
            ordered(phase, orders -> work);
        }

        void beside(PhaseWork work) {
            beside = Optional.of(work);
        }

        void ordered(Phase phase, Function<Supplier<Orders>, PhaseWork> work) {
            scripts.put(phase, work);
        }

        @Override
        public PhaseWork of(Phase phase, Supplier<Orders> orders, Consumer<RollingVerification.Result> verified) {
            return site -> scripts.getOrDefault(phase, any -> here -> new Stride.Done("done"))
                    .apply(orders)
                    .stride(site);
        }

        @Override
        public Optional<PhaseWork> beside(Phase phase) {
            return beside.map(any -> site -> beside.orElseThrow().stride(site));
        }

        @Override
        public int lanes(Phase phase, Tuning tuning) {
            return phase == Phase.BACKFILLING ? tuning.lanes().orElse(3) : 1;
        }

        @Override
        public RunBoard.Rejected rejected(Site site, boolean tryAgain) {
            tries.addAndGet(tryAgain ? 1 : 0);
            return new RunBoard.Rejected(putAside.size(), List.copyOf(putAside), List.of());
        }

        @Override
        public List<SchemaLog.Line> schemaLog(Site site) {
            try {
                log.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        }

        @Override
        public Optional<String> pointOfNoReturn(Site site) {
            return beyond;
        }
    }
}
