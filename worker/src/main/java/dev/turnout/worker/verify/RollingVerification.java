package dev.turnout.worker.verify;

import dev.turnout.flags.time.Pace;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Coverage;
import dev.turnout.worker.backfill.LookAgain;
import dev.turnout.worker.backfill.RejectedLimit;
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
import java.util.function.Supplier;

/**
 * Verifies without end while both sides are in use, the chunk first that was verified longest ago, paced so that a full pass
 * takes half of the age that the spec allows; what an operator wants verified anew goes first and is not paced. A spec that
 * moves nothing has its assertions asked instead. Never done. One instance per drive; only one lane may use it.
 */
public final class RollingVerification implements PhaseWork {
    /** A stride ends after this much real work, so that a stop need not wait long. */
    private static final Duration LONGEST = Duration.ofMillis(500);

    /** Real time: an operator who has mended a row looks whether it is gone from the list. */
    private static final Duration BETWEEN_SECOND_TRIES = Duration.ofSeconds(10);

    /** Real time, however rarely a chunk has its turn: a demand and a trigger that was disabled are to be seen soon. */
    private static final Duration LONGEST_REST = Duration.ofSeconds(2);

    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final Pace pace;
    private final Demands demands;
    private final Consumer<Result> results;
    private final Map<Long, List<String>> problems = new LinkedHashMap<>();
    private final AgesNow ages = new AgesNow();
    private Optional<Instant> last = Optional.empty();
    private Optional<Instant> asserted = Optional.empty();
    private List<String> unasserted = List.of();
    private long assertedFor;
    private long triedNanos = System.nanoTime();

    /** @param results told after every stride, on the thread of the stride */
    public RollingVerification(Pace pace, Consumer<Result> results) {
        this(pace, List::of, results);
    }

    /** @param demands what operators want verified anew and is not over, the oldest first; asked on the thread of the stride */
    public RollingVerification(Pace pace, Supplier<List<Demand>> demands, Consumer<Result> results) {
        this.pace = pace;
        this.demands = new Demands(demands);
        this.results = results;
    }

    /**
     * What is known now.
     *
     * @param from business time since which every row has been verified and found right; empty: not every row is right, or
     *     what is right on one server has not arrived on the other for too long
     * @param mismatches rows that differ, and tables whose triggers are not as they were installed
     * @param problems for operators
     * @param ages of the chunks, a few seconds ago
     * @param met how far the demands are
     */
    public record Result(
            Optional<Instant> from, long mismatches, List<String> problems, Ages ages, List<Demand.Met> met) {
        public Result {
            problems = List.copyOf(problems);
            met = List.copyOf(met);
        }
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        List<String> broken = new ArrayList<>(SyncTriggers.intact(site));
        broken.addAll(ChangelogTriggers.intact(site));
        Coverage before = site.database().transaction(Limits.BOOKKEEPING, connection -> Coverage.of(connection, site));
        Duration spacing = site.spec().verifyMaxAge().dividedBy(2 * Math.max(1, before.chunks()));
        Instant now = site.clock().instant();
        long due = last.map(then -> Duration.between(then, now).toNanos() / Math.max(1, spacing.toNanos()))
                .orElse(1L);
        demands.look();
        if (due > 0) {
            // What is left over of a turn counts for the next: looks are not as far apart as turns.
            last = Optional.of(
                    last.isEmpty() || due > before.chunks() ? now : last.get().plus(spacing.multipliedBy(due)));
        }
        // Where nothing was moved, what the operator asserts is all there is to verify.
        if (site.spec().additive() && (due > 0 || demands.newest() > assertedFor)) {
            unasserted = Assertions.brokenByRows(site);
            asserted = Optional.of(now);
            assertedFor = demands.newest();
        }
        LookAgain.ofAll(site);
        long begun = System.nanoTime();
        if (begun - triedNanos > BETWEEN_SECOND_TRIES.toNanos()) {
            triedNanos = begun;
            SecondTry.ofAll(site);
            SecondChance.ofAll(site);
        }
        boolean more;
        long paced = Math.min(due, before.chunks());
        long tried = 0;
        do {
            demands.look();
            Optional<Chunk> chunk = demands.due(site);
            if (chunk.isEmpty() && paced > 0) {
                paced--;
                chunk = site.database().transaction(Limits.BOOKKEEPING, c -> Coverage.stalest(c, site));
            }
            // The same again: its rows are still on their way to the other server, and it is to have a rest.
            more = chunk.isPresent() && chunk.get().id() != tried;
            if (more) {
                tried = chunk.get().id();
                check(site, chunk.get());
            }
        } while (more && System.nanoTime() - begun < LONGEST.toNanos());
        tell(site, broken);
        Duration rest = pace.timer(spacing);
        return new Stride.Wait(
                more ? AT_ONCE : rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST,
                "verifying every row again and again");
    }

    private void check(Site site, Chunk chunk) throws SQLException {
        Difference difference = ChunkCheck.run(site, chunk, demands.newest());
        ages.changed();
        if (difference.differing() == 0) {
            problems.remove(chunk.id());
        } else {
            problems.put(chunk.id(), ChunkCheck.problems(chunk, difference));
        }
    }

    private void tell(Site site, List<String> broken) throws SQLException {
        Coverage proof = site.database().transaction(Limits.BOOKKEEPING, connection -> Coverage.of(connection, site));
        List<String> all = new ArrayList<>(broken);
        // No row differs for it: the rollout stays where it is, and would not go back for a machine that is busy.
        Optional<String> late = Delay.of(site);
        late.ifPresent(all::add);
        problems.values().forEach(all::addAll);
        all.addAll(unasserted);
        // They hold the rollout, by themselves; they are no rows that differ without anybody knowing.
        all.addAll(RejectedLimit.beyond(site));
        Optional<Instant> from = site.spec().additive() ? asserted.filter(at -> unasserted.isEmpty()) : proof.from();
        Optional<Instant> current = from.filter(at -> late.isEmpty());
        List<Demand.Met> met = site.spec().additive() ? metByAssertions() : demands.met(site);
        Ages map = met.stream().anyMatch(Demand.Met::over) ? ages.anew(site) : ages.of(site);
        results.accept(new Result(current, proof.mismatches() + broken.size() + unasserted.size(), all, map, met));
    }

    private List<Demand.Met> metByAssertions() {
        return demands.open().stream()
                .map(demand -> new Demand.Met(demand.id(), 0, 0, unasserted.size(), demand.id() <= assertedFor))
                .toList();
    }
}
