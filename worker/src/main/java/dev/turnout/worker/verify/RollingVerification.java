package dev.turnout.worker.verify;

import dev.turnout.flags.time.Pace;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Coverage;
import dev.turnout.worker.backfill.SecondTry;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.remote.ChangelogTriggers;
import dev.turnout.worker.remote.Delay;
import dev.turnout.worker.remote.SecondChance;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Verifies without end while both sides are in use, the chunk first that was verified longest ago, paced so that a full pass
 * takes half of the age that the spec allows. A spec that moves nothing has its assertions asked instead. Never done. One instance per drive; only one lane may use it.
 */
public final class RollingVerification implements PhaseWork {
    /** A stride ends after this much real work, so that a stop need not wait long. */
    private static final Duration LONGEST = Duration.ofMillis(500);

    /** Real time: an operator who has mended a row looks whether it is gone from the list. */
    private static final Duration BETWEEN_SECOND_TRIES = Duration.ofSeconds(10);

    /** Real time: the map of ages sorts all chunks, and nobody sees a second on it. */
    private static final Duration BETWEEN_MAPS = Duration.ofSeconds(5);

    private final Pace pace;
    private final Consumer<Result> results;
    private final Map<Long, List<String>> problems = new LinkedHashMap<>();
    private Optional<Instant> last = Optional.empty();
    private List<String> unasserted = List.of();
    private long triedNanos = System.nanoTime();
    private Optional<Ages> ages = Optional.empty();
    private long mappedNanos;

    /** @param results told after every stride, on the thread of the stride */
    public RollingVerification(Pace pace, Consumer<Result> results) {
        this.pace = pace;
        this.results = results;
    }

    /**
     * What is known now.
     *
     * @param from business time since which every row has been verified and found right; empty: not every row is right
     * @param mismatches rows that differ, and tables whose triggers are not as they were installed
     * @param problems for operators
     * @param ages of the chunks, a few seconds ago
     */
    public record Result(Optional<Instant> from, long mismatches, List<String> problems, Ages ages) {
        public Result {
            problems = List.copyOf(problems);
        }
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        List<String> broken = new ArrayList<>(SyncTriggers.intact(site));
        broken.addAll(ChangelogTriggers.intact(site));
        Delay.of(site).ifPresent(broken::add);
        Coverage before = site.database().transaction(Limits.BOOKKEEPING, connection -> Coverage.of(connection, site));
        Duration spacing = site.spec().verifyMaxAge().dividedBy(2 * Math.max(1, before.chunks()));
        Instant now = site.clock().instant();
        long due = last.map(then -> Duration.between(then, now).toNanos() / Math.max(1, spacing.toNanos()))
                .orElse(1L);
        if (due > 0) {
            last = Optional.of(now);
            // Where nothing was moved, what the operator asserts is all there is to verify.
            unasserted = site.spec().additive() ? Assertions.brokenByRows(site) : List.of();
        }
        long begun = System.nanoTime();
        if (begun - triedNanos > BETWEEN_SECOND_TRIES.toNanos()) {
            triedNanos = begun;
            SecondTry.ofAll(site);
            SecondChance.ofAll(site);
        }
        for (long done = 0; done < Math.min(due, before.chunks()); done++) {
            check(site);
            if (System.nanoTime() - begun > LONGEST.toNanos()) {
                break;
            }
        }
        tell(site, broken);
        return new Stride.Wait(pace.timer(spacing), "verifying every row again and again");
    }

    private void check(Site site) throws SQLException {
        Optional<Chunk> chunk =
                site.database().transaction(Limits.BOOKKEEPING, connection -> Coverage.stalest(connection, site));
        if (chunk.isEmpty()) {
            return;
        }
        Difference difference = ChunkCheck.run(site, chunk.get());
        if (difference.differing() == 0) {
            problems.remove(chunk.get().id());
        } else {
            problems.put(chunk.get().id(), ChunkCheck.problems(chunk.get(), difference));
        }
    }

    private void tell(Site site, List<String> broken) throws SQLException {
        Coverage proof = site.database().transaction(Limits.BOOKKEEPING, connection -> Coverage.of(connection, site));
        List<String> all = new ArrayList<>(broken);
        problems.values().forEach(all::addAll);
        all.addAll(unasserted);
        Optional<Instant> from = site.spec().additive() ? last.filter(asserted -> unasserted.isEmpty()) : proof.from();
        results.accept(new Result(from, proof.mismatches() + broken.size() + unasserted.size(), all, ages(site)));
    }

    private Ages ages(Site site) throws SQLException {
        if (ages.isEmpty() || System.nanoTime() - mappedNanos > BETWEEN_MAPS.toNanos()) {
            ages = Optional.of(
                    site.database().transaction(Limits.BOOKKEEPING, connection -> Ages.of(connection, site)));
            mappedNanos = System.nanoTime();
        }
        return ages.get();
    }
}
