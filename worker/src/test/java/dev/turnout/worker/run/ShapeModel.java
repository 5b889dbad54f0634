package dev.turnout.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.SecondTry;
import dev.turnout.worker.bookkeeping.Bookkeeping;
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
import net.jqwik.api.Tuple;

/**
 * Random applications write while a migration goes through its phases; whatever they did, in the end the old side is what
 * they were told, the new side is {@code up} of it, no row is too many, and put aside is exactly what cannot be moved. A
 * subclass says which shape on which database.
 */
abstract class ShapeModel {
    private static final int WRITERS = 3;
    private static final int KEYS = 12;
    private static final int LANES = 2;
    private static final List<Phase> PHASES = List.of(
            Phase.EXPANDING,
            Phase.SYNCING,
            Phase.ANALYZING,
            Phase.BACKFILLING,
            Phase.VERIFYING,
            Phase.READY,
            Phase.ROLLING_OUT);

    /** Made anew for each try. */
    abstract Subject subject() throws SQLException;

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void theNewSideIsUpOfTheOldOneWhateverApplicationsDo(
            @ForAll("applications") List<List<Unit>> applications, @ForAll("stocks") Map<Integer, Item> stock)
            throws Exception {
        try (Subject subject = subject()) {
            Story story = new Story(subject, applications, stock);
            story.tell();
            Map<Integer, Item> rows = story.rows();
            Map<Integer, String> old = new TreeMap<>();
            Map<Integer, String> moved = new TreeMap<>();
            Set<Integer> aside = new TreeSet<>();
            rows.forEach((key, item) -> {
                old.put(key, item.old());
                if (item.movable()) {
                    moved.put(key, item.moved());
                } else {
                    aside.add(key);
                }
            });
            assertThat(subject.rows(Side.OLD)).isEqualTo(old);
            assertThat(subject.putAside()).isEqualTo(aside);
            Map<Integer, String> found = subject.rows(Side.NEW);
            // What stands for a row that is put aside is not said anywhere.
            found.keySet().removeAll(aside);
            assertThat(found).isEqualTo(moved);
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
        private final Phases phases = new Phases(
                new Pace(new SetClock(), 1, Duration.ofMillis(1)),
                new RunSettings("model", LANES, 7, Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofSeconds(5)));

        Story(Subject subject, List<List<Unit>> applications, Map<Integer, Item> stock) throws SQLException {
            this.subject = subject;
            try (Connection connection = subject.connect(Side.OLD)) {
                for (Map.Entry<Integer, Item> row : stock.entrySet()) {
                    subject.insert(connection, Side.OLD, row.getKey(), row.getValue());
                }
            }
            for (int number = 0; number < WRITERS; number++) {
                Map<Integer, Item> share = new TreeMap<>(stock);
                int own = number;
                share.keySet().removeIf(key -> key % WRITERS != own);
                writers.add(new Writer(subject, number, WRITERS, share, applications.get(number)));
            }
        }

        Map<Integer, Item> rows() {
            Map<Integer, Item> rows = new TreeMap<>();
            writers.forEach(writer -> rows.putAll(writer.rows()));
            return rows;
        }

        void tell() throws Exception {
            Bookkeeping.enter(subject.site(0));
            ExecutorService threads = Executors.newFixedThreadPool(WRITERS + LANES);
            try {
                for (int part = 0; part < PHASES.size(); part++) {
                    during(threads, PHASES.get(part), part);
                }
            } finally {
                threads.shutdownNow();
                threads.awaitTermination(10, TimeUnit.SECONDS);
            }
            settle();
        }

        /** A phase is over when its work is done and the writers have done their part of it. */
        private void during(ExecutorService threads, Phase phase, int part) throws Exception {
            PhaseWork work = phases.of(phase, () -> RunBoard.Orders.NONE, result -> {});
            AtomicBoolean writing = new AtomicBoolean(true);
            AtomicBoolean done = new AtomicBoolean();
            List<Future<?>> lanes = new ArrayList<>();
            for (int lane = 0; lane < phases.lanes(phase, Tuning.NONE); lane++) {
                int number = lane;
                lanes.add(threads.submit(() -> strides(work, subject.site(number), phase, writing, done)));
            }
            List<Future<?>> parts = new ArrayList<>();
            for (Writer writer : writers) {
                parts.add(threads.submit((Callable<Boolean>) () -> {
                    writer.part(part, PHASES.size(), phase == Phase.ROLLING_OUT);
                    return true;
                }));
            }
            try {
                for (Future<?> each : parts) {
                    each.get(2, TimeUnit.MINUTES);
                }
            } finally {
                writing.set(false);
            }
            for (Future<?> each : lanes) {
                each.get(2, TimeUnit.MINUTES);
            }
        }

        private static Optional<Stride> strides(
                PhaseWork work, Site site, Phase phase, AtomicBoolean writing, AtomicBoolean done) throws SQLException {
            while (!done.get()) {
                Stride stride = work.stride(site);
                if (stride instanceof Stride.Stop stop) {
                    throw new AssertionError(phase + " stops: " + stop);
                }
                if (stride instanceof Stride.Done) {
                    done.set(true);
                }
                if (phase == Phase.ROLLING_OUT && !writing.get()) {
                    done.set(true);
                }
                if (stride instanceof Stride.Wait wait) {
                    LockSupport.parkNanos(Math.min(wait.pause().toNanos(), TimeUnit.MILLISECONDS.toNanos(20)));
                }
            }
            return Optional.empty();
        }

        /** Nobody writes any more: what was mended is taken up again. */
        private void settle() throws SQLException {
            SecondTry.ofAll(subject.site(0));
        }
    }
}
