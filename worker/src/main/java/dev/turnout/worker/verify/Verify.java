package dev.turnout.worker.verify;

import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Coverage;
import dev.turnout.worker.backfill.RejectedRows;
import dev.turnout.worker.backfill.SecondTry;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.remote.RemoteControl;
import dev.turnout.worker.remote.SecondChance;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The first full pass: the verifier proves itself, then every chunk, then the operator's assertions; then come the
 * constraints. One step per stride. One instance per drive of a run; only one lane may use it.
 */
public final class Verify implements PhaseWork {
    private final AtomicLong rows = new AtomicLong();
    private final Demands demands;
    private final Consumer<RollingVerification.Result> results;
    private final AgesNow ages = new AgesNow();
    private volatile Optional<List<String>> unproven = Optional.empty();
    private volatile boolean assertionsHold;

    /** That nobody watches, and without demands. */
    public Verify() {
        this(List::of, result -> {});
    }

    /**
     * @param demands what operators want verified anew and is not over, the oldest first; asked on the thread of the stride
     * @param results told after every chunk, on the thread of the stride
     */
    public Verify(Supplier<List<Demand>> demands, Consumer<RollingVerification.Result> results) {
        this.demands = new Demands(demands);
        this.results = results;
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        if (unproven.isEmpty()) {
            return control(site);
        }
        demands.look();
        Optional<Chunk> chunk =
                site.database().transaction(Limits.BOOKKEEPING, connection -> Coverage.unproven(connection, site));
        if (chunk.isEmpty()) {
            chunk = demands.due(site);
        }
        if (chunk.isPresent()) {
            return check(site, chunk.get());
        }
        if (!assertionsHold) {
            List<String> broken = Assertions.broken(site);
            if (!broken.isEmpty()) {
                return new Stride.Stop(
                        "the database breaks what the spec asserts",
                        broken,
                        "mend the data or the assertion, then resume");
            }
            assertionsHold = true;
        }
        Optional<Stride> constraint = Constraints.next(site);
        return constraint.isPresent() ? constraint.get() : done(site);
    }

    private Stride control(Site site) throws SQLException {
        SecondTry.ofAll(site);
        List<String> blind = new ArrayList<>();
        List<String> nothing = new ArrayList<>();
        for (int ordinal = 0; ordinal < site.spec().moves().size(); ordinal++) {
            NegativeControl.Finding finding = NegativeControl.run(site, ordinal);
            blind.addAll(finding.blind());
            nothing.addAll(finding.unproven());
        }
        for (Source source : Source.all(site.spec())) {
            if (source.transfer().isPresent()) {
                NegativeControl.Finding finding =
                        TransferControl.run(site, source.transfer().get());
                blind.addAll(finding.blind());
                nothing.addAll(finding.unproven());
            }
        }
        SecondChance.ofAll(site);
        RemoteControl.Finding remote = RemoteControl.run(site);
        blind.addAll(remote.blind());
        nothing.addAll(remote.unproven());
        if (!blind.isEmpty()) {
            return new Stride.Stop(
                    "the verifier missed differences that were planted for it",
                    blind,
                    "compare the column's type and its up by hand; a verification that cannot see it proves nothing");
        }
        unproven = Optional.of(List.copyOf(nothing));
        return new Stride.Again("the verifier finds what is planted for it", progress(tell(site, false)));
    }

    private Stride check(Site site, Chunk chunk) throws SQLException {
        Difference difference = ChunkCheck.run(site, chunk, demands.newest());
        ages.changed();
        rows.addAndGet(difference.rows());
        Coverage proof = tell(site, difference.differing() > 0);
        if (difference.differing() > 0) {
            return new Stride.Stop(
                    difference.differing() + " rows of " + chunk.table() + " are not what the mapping says",
                    ChunkCheck.problems(chunk, difference),
                    "find who wrote them past the triggers, mend them, then resume: the chunk is verified again");
        }
        return new Stride.Again("verified " + chunk.table() + " " + chunk.range(), progress(proof));
    }

    private static Progress progress(Coverage proof) {
        return Progress.of(proof.right(), proof.chunks(), "chunks");
    }

    /** @param last nothing follows for now, so that it has to be exact */
    private Coverage tell(Site site, boolean last) throws SQLException {
        Coverage proof = site.database().transaction(Limits.BOOKKEEPING, connection -> Coverage.of(connection, site));
        // What differs stops the phase, and is told with that.
        results.accept(new RollingVerification.Result(
                proof.from(),
                proof.mismatches(),
                List.of(),
                last || proof.right() == proof.chunks() ? ages.anew(site) : ages.of(site),
                demands.met(site)));
        return proof;
    }

    private Stride done(Site site) throws SQLException {
        Map<String, Object> report = new LinkedHashMap<>();
        Map<String, Object> rejected = new LinkedHashMap<>();
        for (Source source : Source.all(site.spec())) {
            rejected.put(
                    source.name(),
                    site.database()
                            .transaction(
                                    Limits.BOOKKEEPING,
                                    connection -> RejectedRows.count(connection, site, source.name())));
        }
        report.put("rows", rows.get());
        report.put("mismatches", 0);
        report.put("rejected", rejected);
        report.put("assertions", site.spec().assertions().size());
        report.put("columns without any value", unproven.orElse(List.of()));
        return new Stride.Done(
                site.spec().additive()
                        ? "everything that the spec asserts holds"
                        : "every row is what the mapping says, and the verifier has proven itself",
                report);
    }
}
