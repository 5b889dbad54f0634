package dev.turnout.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.SetClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterProperty;

/**
 * Random applications write while a migration goes through its phases; whatever they did, in the end the old side is what
 * they were told, the new side is {@code up} of it, no row is too many, and put aside is exactly what cannot be moved. A
 * subclass says which shape on which database.
 */
abstract class ShapeModel {
    private static final int WRITERS = 3;
    private static final int KEYS = 12;
    private static final int LANES = 2;
    /** They end when somebody says so. */
    private static final Set<Phase> ENDLESS = Set.of(Phase.ROLLING_OUT, Phase.SOAKING);

    private final Toll toll = new Toll();
    private int tries;

    /** Made anew for each try. */
    abstract Subject subject() throws SQLException;

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void theNewSideIsUpOfTheOldOneWhateverApplicationsDo(
            @ForAll("applications") List<List<Unit>> applications, @ForAll("stocks") Map<Integer, Item> stock)
            throws Exception {
        tell(applications, stock);
    }

    @Tag("slow")
    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void theNewSideIsUpOfTheOldOneWhateverManyApplicationsDo(
            @ForAll("applications") List<List<Unit>> applications, @ForAll("stocks") Map<Integer, Item> stock)
            throws Exception {
        tell(applications, stock);
    }

    @AfterProperty
    void report() {
        System.out.println(getClass().getSimpleName() + ": " + tries + " tries, " + toll);
    }

    private void tell(List<List<Unit>> applications, Map<Integer, Item> stock) throws Exception {
        tries++;
        try (Subject subject = subject()) {
            Story story = new Story(subject, applications, stock);
            story.tell();
            toll.add(story.toll());
        }
    }

    @Provide
    Arbitrary<List<List<Unit>>> applications() {
        return units().list().ofMinSize(20).ofMaxSize(60).list().ofSize(WRITERS);
    }

    /** What is there before the migration begins. */
    @Provide
    Arbitrary<Map<Integer, Item>> stocks() {
        return Arbitraries.maps(Arbitraries.integers().between(0, KEYS * WRITERS - 1), items())
                .ofMinSize(10)
                .ofMaxSize(30);
    }

    private static Arbitrary<Unit> units() {
        Arbitrary<Integer> keys = Arbitraries.integers().between(0, KEYS - 1);
        Arbitrary<Unit.Write> writes = Arbitraries.frequencyOf(
                Tuple.of(5, Combinators.combine(keys, items()).as(Unit.Write.Put::new)),
                Tuple.of(2, keys.map(Unit.Write.Delete::new)),
                Tuple.of(2, Combinators.combine(keys, keys).as(Unit.Write.Rekey::new)),
                Tuple.of(1, Arbitraries.integers().between(0, 99).map(Unit.Write.Recount::new)));
        return Combinators.combine(
                        Arbitraries.of(Side.class),
                        writes.list().ofMinSize(1).ofMaxSize(4),
                        Arbitraries.integers().between(1, 6))
                .as((side, list, die) -> new Unit(side, list, die > 1));
    }

    private static Arbitrary<Item> items() {
        Arbitrary<String> names = Arbitraries.of(
                "Ann", "o'Neil", "a ", " b", "", "é漢字🙂", "100%", "back\\slash", "\"q\"", "NULL", "a|b", "?");
        Arbitrary<Integer> counts =
                Arbitraries.frequency(Tuple.of(9, 7), Tuple.of(4, 0), Tuple.of(4, -5), Tuple.of(1, Item.TOO_LARGE));
        return Combinators.combine(names, counts.optional(0.8)).as(Item::new);
    }

    /** One run under its writers. */
    private static final class Story {
        private final Subject subject;
        private final List<Writer> writers = new ArrayList<>();
        private final Phases phases;

        Story(Subject subject, List<List<Unit>> applications, Map<Integer, Item> stock) throws SQLException {
            this.subject = subject;
            this.phases = new Phases(
                    new Pace(new SetClock(), 1, Duration.ofMillis(1)),
                    new RunSettings(
                            "model", LANES, 7, Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofSeconds(5)),
                    subject.site(0).spec());
            try (Connection connection = subject.database(Side.OLD).connect()) {
                for (Map.Entry<Integer, Item> row : stock.entrySet()) {
                    subject.items(Side.OLD).insert(connection, row.getKey(), row.getValue());
                }
            }
            for (int number = 0; number < WRITERS; number++) {
                Map<Integer, Item> share = new TreeMap<>(stock);
                int own = number;
                share.keySet().removeIf(key -> key % WRITERS != own);
                writers.add(new Writer(subject, number, WRITERS, share, applications.get(number)));
            }
        }

        Toll toll() {
            Toll all = new Toll();
            writers.forEach(writer -> all.add(writer.toll()));
            return all;
        }

        void tell() throws Exception {
            Bookkeeping.enter(subject.site(0));
            ExecutorService threads = Executors.newFixedThreadPool(WRITERS + LANES + 1);
            List<Phase> there = subject.phases();
            List<Phase> back = subject.wayBack();
            int parts = there.size() + back.size();
            try {
                for (int part = 0; part < there.size(); part++) {
                    during(threads, there.get(part), part, parts);
                }
                subject.settle();
                bothSides();
                for (int part = there.size(); part < parts; part++) {
                    during(threads, back.get(part - there.size()), part, parts);
                }
                oldSide();
            } finally {
                threads.shutdownNow();
                threads.awaitTermination(10, TimeUnit.SECONDS);
            }
        }

        private Map<Integer, Item> rows() {
            Map<Integer, Item> rows = new TreeMap<>();
            writers.forEach(writer -> rows.putAll(writer.rows()));
            return rows;
        }

        private void oldSide() throws SQLException {
            Map<Integer, String> old = new TreeMap<>();
            rows().forEach((key, item) -> old.put(key, item.old()));
            assertThat(found(Side.OLD)).as("the old side").isEqualTo(old);
        }

        private void bothSides() throws SQLException {
            oldSide();
            Map<Integer, String> moved = new TreeMap<>();
            Set<Integer> aside = new TreeSet<>();
            rows().forEach((key, item) -> {
                if (item.movable()) {
                    moved.put(key, item.moved());
                } else {
                    aside.add(key);
                }
            });
            assertThat(subject.putAside()).as("put aside").isEqualTo(aside);
            Map<Integer, String> fresh = found(Side.NEW);
            // What stands for a row that is put aside is not said anywhere.
            fresh.keySet().removeAll(aside);
            assertThat(fresh).as("the new side").isEqualTo(moved);
            assertThat(subject.leftOpen()).as("left open").isEmpty();
        }

        private Map<Integer, String> found(Side side) throws SQLException {
            return subject.items(side).rows(subject.database(side));
        }

        /** A phase is over when its work is done and the writers have done their part of it. */
        private void during(ExecutorService threads, Phase phase, int part, int parts) throws Exception {
            PhaseWork work = phases.of(phase, () -> RunBoard.Orders.NONE, result -> {});
            Optional<PhaseWork> beside = phases.beside(phase);
            AtomicBoolean writing = new AtomicBoolean(true);
            AtomicBoolean done = new AtomicBoolean();
            List<Future<?>> lanes = new ArrayList<>();
            for (int lane = 0; lane < phases.lanes(phase, Tuning.NONE); lane++) {
                int number = lane;
                lanes.add(threads.submit(() -> strides(work, number, phase, writing, done)));
            }
            if (beside.isPresent()) {
                lanes.add(threads.submit(() -> strides(beside.get(), 0, phase, writing, done)));
            }
            List<Future<?>> writes = new ArrayList<>();
            for (Writer writer : writers) {
                writes.add(threads.submit((Callable<Boolean>) () -> {
                    writer.part(part, parts, phase);
                    return true;
                }));
            }
            try {
                for (Future<?> each : writes) {
                    each.get(2, TimeUnit.MINUTES);
                }
            } finally {
                writing.set(false);
            }
            for (Future<?> each : lanes) {
                each.get(2, TimeUnit.MINUTES);
            }
        }

        /** As the driver of a run does: what collides with an application is tried again. */
        private Optional<Stride> strides(
                PhaseWork work, int lane, Phase phase, AtomicBoolean writing, AtomicBoolean done) throws SQLException {
            while (!done.get()) {
                Stride stride = stride(work, subject.site(lane), phase);
                if (stride instanceof Stride.Done) {
                    done.set(true);
                }
                if (ENDLESS.contains(phase) && !writing.get() && subject.over(phase)) {
                    done.set(true);
                }
                if (stride instanceof Stride.Wait wait) {
                    LockSupport.parkNanos(Math.min(wait.pause().toNanos(), TimeUnit.MILLISECONDS.toNanos(20)));
                }
            }
            return Optional.empty();
        }

        private static Stride stride(PhaseWork work, Site site, Phase phase) throws SQLException {
            try {
                Stride stride = work.stride(site);
                if (stride instanceof Stride.Stop stop) {
                    throw new AssertionError(phase + " stops: " + stop);
                }
                return stride;
            } catch (SQLException e) {
                if (!Failure.of(e).transientLike()) {
                    throw e;
                }
                return new Stride.Wait(Duration.ofMillis(5), "giving way");
            }
        }
    }
}
