package dev.turnout.flags.client;

import dev.turnout.flags.Evaluation;
import dev.turnout.flags.Subject;
import dev.turnout.flags.stage.Side;
import dev.turnout.flags.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes an application's data on the sides that its migration flag says: the authority first, the other side
 * as the unit's stage has it. For stores that no trigger of Turnout reaches; it reports what it meets to the guard of the
 * rollout. Thread-safe.
 *
 * <p>What counts is the authority: its answer is returned, its failure is thrown. A failure on the other side is tried
 * once more, then told to the listener for what lags, because that side has to be repaired; the call goes on. Reads of the
 * other side run beside the caller, within a budget, and never slow it down.
 */
public final class StagedStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StagedStore.class);

    private final TurnoutClient client;
    private final String flag;
    private final StagedSettings settings;
    private final Barrier barrier;
    private final ShadowReads shadows;

    StagedStore(TurnoutClient client, String flag, StagedSettings settings, Barrier barrier) {
        this.client = client;
        this.flag = flag;
        this.settings = settings;
        this.barrier = barrier;
        this.shadows = new ShadowReads(settings);
    }

    /**
     * Reads from the side that counts for the unit.
     *
     * @throws Exception what that side throws
     */
    public <T> T read(Subject unit, Callable<T> old, Callable<T> fresh) throws Exception {
        return read(unit, old, fresh, Object::equals);
    }

    /** @param same whether two answers say the same; asked only where the stage compares, and never about null */
    public <T> T read(Subject unit, Callable<T> old, Callable<T> fresh, BiPredicate<T, T> same) throws Exception {
        Evaluation evaluation = client.evaluate(flag, unit);
        Side authority = authority(evaluation);
        Callable<T> first = authority == Side.OLD ? old : fresh;
        Callable<T> second = authority == Side.OLD ? fresh : old;
        T answer = timed(evaluation, first);
        if (evaluation.stage().filter(Stage::compares).isPresent()) {
            shadows.compare(answer, first, second, same, () -> client.report(evaluation, Outcome.MISMATCHED));
        }
        return answer;
    }

    /**
     * Writes to the sides of the unit's stage, the authority first; both writes must bear to be repeated. While the unit
     * changes sides it waits until every application has followed.
     *
     * @return what the authority's write returns
     * @throws WriteHeld when it waited in vain; nothing was written
     * @throws Exception what the authority's write throws; then the other side is not written
     */
    public <T> T write(Subject unit, Callable<T> old, Callable<T> fresh) throws Exception {
        try (Barrier.Pass pass = barrier.enter(flag, unit, settings.longestHold())) {
            Evaluation evaluation = pass.evaluation();
            List<Side> sides = evaluation.stage().map(Stage::writes).orElse(List.of(evaluation.side()));
            T result = timed(evaluation, sides.get(0) == Side.OLD ? old : fresh);
            for (Side second : sides.subList(1, sides.size())) {
                follow(evaluation, unit, second, second == Side.OLD ? old : fresh);
            }
            return result;
        }
    }

    private <T> void follow(Evaluation evaluation, Subject unit, Side side, Callable<T> write) {
        Optional<Exception> failure = failure(write).flatMap(first -> failure(write));
        if (failure.isPresent()) {
            client.report(evaluation, Outcome.FAILED);
            log.warn("the {} side lags behind for a unit of the flag {}", side, flag, failure.get());
            settings.lagging().accept(new Lag(flag, unit, side, failure.get()));
        }
    }

    private static <T> Optional<Exception> failure(Callable<T> write) {
        try {
            write.call();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(e);
        } catch (Exception e) {
            return Optional.of(e);
        }
    }

    private <T> T timed(Evaluation evaluation, Callable<T> call) throws Exception {
        long started = System.nanoTime();
        Outcome outcome = Outcome.FAILED;
        try {
            T result = call.call();
            outcome = Outcome.FINE;
            return result;
        } finally {
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            boolean slow = took.compareTo(settings.slowAfter()) > 0;
            client.report(evaluation, slow ? outcome.and(Outcome.SLOW) : outcome);
        }
    }

    private static Side authority(Evaluation evaluation) {
        return evaluation.stage().map(Stage::authority).orElse(evaluation.side());
    }

    /** How often the other side was read beside the caller, and what came of it. */
    public ShadowCounts shadowCounts() {
        return shadows.counts();
    }

    /** Waits shortly for comparisons under way, and tells the server that this application writes no more. */
    @Override
    public void close() {
        shadows.close(Duration.ofMillis(TimeUnit.SECONDS.toMillis(1)));
        barrier.close();
    }
}
