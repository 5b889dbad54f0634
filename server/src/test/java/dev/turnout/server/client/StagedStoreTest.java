package dev.turnout.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.Subject;
import dev.turnout.flags.Weight;
import dev.turnout.flags.client.ClientSettings;
import dev.turnout.flags.client.Lag;
import dev.turnout.flags.client.StagedSettings;
import dev.turnout.flags.client.StagedStore;
import dev.turnout.flags.client.TurnoutClient;
import dev.turnout.flags.client.WriteHeld;
import dev.turnout.flags.stage.Side;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class StagedStoreTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Subject USER = Subject.of("user-1");

    private static ServerFixture server;
    private static String token;

    private final List<AutoCloseable> open = new ArrayList<>();
    private String flag;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        token = server.token(Role.EVALUATE, Role.REPORT);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @BeforeEach
    void flag(TestInfo test) {
        flag = test.getTestMethod().orElseThrow().getName();
        flag = flag.substring(0, Math.min(flag.length(), 60));
        Response made = server.call("PUT", path(), "{\"stage\":\"OFF\"}");
        assertThat(made.code()).as(made.body()).isEqualTo(201);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    @Test
    void every_stage_reads_and_writes_as_it_says() throws Exception {
        StagedStore store = store(client(), StagedSettings.USUAL.withSampling(Weight.NONE));
        Map<String, List<Side>> writes = Map.of(
                "OFF", List.of(Side.OLD),
                "DUAL_WRITE", List.of(Side.OLD, Side.NEW),
                "SHADOW", List.of(Side.OLD, Side.NEW),
                "LIVE", List.of(Side.NEW, Side.OLD),
                "RAMP_DOWN", List.of(Side.NEW, Side.OLD),
                "COMPLETE", List.of(Side.NEW));
        for (String stage : List.of("OFF", "DUAL_WRITE", "SHADOW", "LIVE", "RAMP_DOWN", "COMPLETE")) {
            set("{\"stage\":\"" + stage + "\"}");
            await().untilAsserted(() -> assertThat(written(store)).isEqualTo(writes.get(stage)));
            Side authority = store.read(USER, () -> Side.OLD, () -> Side.NEW);
            assertThat(List.of(authority))
                    .isEqualTo(writes.getOrDefault(stage, List.of()).subList(0, 1));
        }
    }

    @Test
    void what_counts_is_the_authority() throws Exception {
        set("{\"stage\":\"DUAL_WRITE\"}");
        Queue<Lag> lags = new ConcurrentLinkedQueue<>();
        StagedStore store = store(client(), StagedSettings.USUAL.withLagging(lags::add));
        await().until(() -> written(store).size() == 2);
        AtomicBoolean other = new AtomicBoolean();
        assertThatThrownBy(() -> store.write(
                        USER,
                        () -> {
                            throw new IllegalStateException("old is down");
                        },
                        () -> other.getAndSet(true)))
                .hasMessage("old is down");
        assertThat(other).as("a write that failed is written nowhere").isFalse();

        AtomicInteger tries = new AtomicInteger();
        String answer = store.write(USER, () -> "kept", () -> {
            tries.incrementAndGet();
            throw new IllegalStateException("new is down");
        });
        assertThat(answer).isEqualTo("kept");
        assertThat(tries).hasValue(2);
        assertThat(lags).singleElement().returns(Side.NEW, Lag::side).returns(USER, Lag::unit);
    }

    @Test
    void shadow_reads_find_differences_and_never_slow_the_caller() throws Exception {
        set("{\"stage\":\"DUAL_WRITE\"}");
        set("{\"stage\":\"SHADOW\"}");
        StagedStore store = store(client(), StagedSettings.USUAL.withShadowBudget(Duration.ofMillis(300)));
        await().until(() -> store.read(USER, () -> "a", () -> "a") != null
                && store.shadowCounts().same() > 0);
        assertThat(store.read(USER, () -> "a", () -> "b")).isEqualTo("a");
        await().until(() -> store.shadowCounts().different() == 1);

        AtomicInteger looks = new AtomicInteger();
        store.read(USER, () -> "a", () -> looks.incrementAndGet() > 1 ? "a" : "not yet");
        await().until(() -> looks.get() == 2);
        assertThat(store.shadowCounts().different()).as("a write came between").isEqualTo(1);

        CountDownLatch never = new CountDownLatch(1);
        long started = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            store.read(USER, () -> "a", () -> {
                never.await(10, TimeUnit.SECONDS);
                return "late";
            });
        }
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .as("fifty reads beside a store that hangs")
                .isLessThan(Duration.ofSeconds(5));
        await().until(() -> store.shadowCounts().late() > 0);
        assertThat(store.shadowCounts().skipped()).isPositive();
        never.countDown();
    }

    @Test
    void a_moving_unit_is_held_until_every_application_has_followed() throws Exception {
        set("{\"stage\":\"DUAL_WRITE\"}");
        set("{\"stage\":\"SHADOW\"}");
        StagedStore one = store(client(), StagedSettings.USUAL.withLongestHold(SOON));
        StagedStore other = store(client(), StagedSettings.USUAL.withLongestHold(Duration.ofMillis(300)));
        await().until(() -> written(one).size() == 2 && written(other).size() == 2);

        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        open.add(threads::shutdownNow);
        Future<String> slow = threads.submit(() -> one.write(
                USER,
                () -> {
                    begun.countDown();
                    go.await();
                    return "old first";
                },
                () -> "new second"));
        begun.await();
        set("{\"stage\":\"LIVE\"}");
        // The other one has the new flags at once, but a write in the old order is still under way.
        await().untilAsserted(() -> assertThatThrownBy(() -> written(other)).isInstanceOf(WriteHeld.class));
        go.countDown();
        assertThat(slow.get()).isEqualTo("old first");
        await().ignoreExceptionsInstanceOf(WriteHeld.class)
                .until(() -> written(other).equals(List.of(Side.NEW, Side.OLD)));
    }

    @Test
    void under_load_no_unit_is_written_in_opposite_orders_at_once() throws Exception {
        set("{\"stage\":\"DUAL_WRITE\"}");
        set("{\"stage\":\"SHADOW\"}");
        List<StagedStore> stores = List.of(
                store(client(), StagedSettings.USUAL.withLongestHold(SOON)),
                store(client(), StagedSettings.USUAL.withLongestHold(SOON)),
                store(client(), StagedSettings.USUAL.withLongestHold(SOON)));
        for (StagedStore each : stores) {
            await().until(() -> written(each).size() == 2);
        }
        Orders orders = new Orders();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(6);
        open.add(threads::shutdownNow);
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            StagedStore mine = stores.get(i % stores.size());
            writers.add(threads.submit(() -> {
                while (!stop.get()) {
                    orders.write(mine, "user-" + ThreadLocalRandom.current().nextInt(20));
                }
                return mine;
            }));
        }
        for (int weight : new int[] {10, 40, 70, 100, 60, 30, 0, 50}) {
            set("{\"weight\":\"" + weight + "%\"}");
            int before = orders.begun();
            await().until(() -> orders.begun() > before + 300);
        }
        stop.set(true);
        for (Future<?> each : writers) {
            each.get(60, TimeUnit.SECONDS);
        }
        assertThat(orders.clashes()).isEmpty();
        assertThat(orders.begun()).isGreaterThan(100);
        assertThat(orders.both()).as("both orders were seen").isTrue();
    }

    /** Watches the writes of all applications: whoever is first within a write says its order. */
    private static final class Orders {
        private final Map<String, Map<Side, Integer>> underWay = new ConcurrentHashMap<>();
        private final Queue<String> clashes = new ConcurrentLinkedQueue<>();
        private final Map<Side, Boolean> seen = new ConcurrentHashMap<>();
        private final AtomicInteger begun = new AtomicInteger();

        void write(StagedStore store, String unit) throws Exception {
            AtomicBoolean first = new AtomicBoolean(true);
            Side[] began = new Side[1];
            try {
                store.write(
                        Subject.of(unit),
                        () -> step(unit, Side.OLD, first, began),
                        () -> step(unit, Side.NEW, first, began));
            } finally {
                if (began[0] != null) {
                    underWay.getOrDefault(unit, new ConcurrentHashMap<>()).merge(began[0], -1, Integer::sum);
                }
            }
        }

        private Side step(String unit, Side side, AtomicBoolean first, Side[] began) {
            if (first.getAndSet(false)) {
                begun.incrementAndGet();
                began[0] = side;
                seen.put(side, true);
                Map<Side, Integer> counts = underWay.computeIfAbsent(unit, none -> new ConcurrentHashMap<>());
                counts.merge(side, 1, Integer::sum);
                Side opposite = side == Side.OLD ? Side.NEW : Side.OLD;
                if (counts.getOrDefault(opposite, 0) > 0) {
                    clashes.add(unit + " by " + side);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
            return side;
        }

        Queue<String> clashes() {
            return clashes;
        }

        int begun() {
            return begun.get();
        }

        boolean both() {
            return seen.size() == 2;
        }
    }

    private List<Side> written(StagedStore store) throws Exception {
        List<Side> sides = new ArrayList<>();
        store.write(USER, () -> sides.add(Side.OLD), () -> sides.add(Side.NEW));
        return sides;
    }

    private TurnoutClient client() throws InterruptedException {
        TurnoutClient client = TurnoutClient.start(ClientSettings.of(server.uri(), token));
        open.add(client);
        assertThat(client.awaitReady(SOON)).isTrue();
        return client;
    }

    private StagedStore store(TurnoutClient client, StagedSettings settings) {
        StagedStore store = client.staged(flag, settings);
        open.add(store);
        return store;
    }

    private void set(String patch) {
        Response stored = server.call("PATCH", path(), patch);
        assertThat(stored.code()).as(stored.body()).isEqualTo(200);
    }

    private String path() {
        return "/api/v1/flags/" + flag;
    }
}
