package dev.turnout.flags.client;

import dev.turnout.flags.Evaluation;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Subject;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers about flags in process, from rules that it keeps as fresh as the server's stream brings them. When the server
 * is gone it goes on with the last ones it knew, and says how old they are; before it ever had any, everybody is on the
 * old side. Thread-safe. Evaluating neither blocks nor throws.
 *
 * <pre>{@code
 * try (TurnoutClient flags = TurnoutClient.start(ClientSettings.of(server, token))) {
 *     Evaluation answer = flags.evaluate("use-new-schema", Subject.of(patientId));
 *     if (answer.on()) …
 *     flags.report(answer, Outcome.FINE);
 * }
 * }</pre>
 */
public final class TurnoutClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TurnoutClient.class);
    private static final Duration WATCH = Duration.ofSeconds(5);

    private static final Duration BEAT = Duration.ofSeconds(3);

    private final ClientSettings settings;
    private final ServerLine line;
    private final RulesetSync sync;
    private final OutcomeReporter outcomes;
    private final ScheduledExecutorService timer;

    private TurnoutClient(ClientSettings settings) {
        this.settings = settings;
        this.line = new ServerLine(settings);
        this.sync = new RulesetSync(line, settings.cache().map(RulesetFile::new), System::nanoTime);
        this.outcomes = new OutcomeReporter(line);
        this.timer = Executors.newScheduledThreadPool(2, work -> {
            Thread thread = new Thread(work, "turnout-client");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Returns at once, with what is kept on disk, if anything; {@link #awaitReady} waits for the server. */
    public static TurnoutClient start(ClientSettings settings) {
        TurnoutClient client = new TurnoutClient(settings);
        client.sync.start();
        client.every(settings.poll(), client::poll);
        client.every(WATCH, client.sync::watch);
        client.every(settings.report(), client.outcomes::flush);
        return client;
    }

    private void every(Duration interval, Runnable work) {
        timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        log.error("the client goes on after a failure", e);
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void poll() {
        try {
            sync.poll();
        } catch (IOException e) {
            log.debug("no answer to a poll: {}", e.getMessage());
        }
    }

    /**
     * Waits until the server has confirmed the flags.
     *
     * @return false when it has not in that time; the client goes on trying
     */
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return sync.awaitReady(atMost);
    }

    /** The answer for a subject; what is wrong is said by its error, and then it is the old side's. */
    public Evaluation evaluate(String key, Subject subject) {
        return sync.current().evaluate(key, subject, settings.time());
    }

    /** Whether the subject is on the new side of a boolean flag. */
    public boolean on(String key, Subject subject) {
        return evaluate(key, subject).on();
    }

    /** The flags that are answered from; the same object until they change. */
    public FlagSet flags() {
        return sync.current();
    }

    public Freshness freshness() {
        Optional<Duration> age = sync.age();
        if (age.isPresent() && age.get().compareTo(settings.staleAfter()) <= 0) {
            return Freshness.CURRENT;
        }
        return sync.current().equals(FlagSet.EMPTY) ? Freshness.NOT_READY : Freshness.STALE;
    }

    /** Real time since the server last confirmed the flags; empty when it never has. */
    public Optional<Duration> age() {
        return sync.age();
    }

    /**
     * Tells of each change.
     *
     * @param listener told the flags before and after, on a thread of the client; must not block
     */
    public void listen(BiConsumer<FlagSet, FlagSet> listener) {
        sync.listen(listener);
    }

    /** Counts what a call came to, for the guard of the rollout; sent later, in batches, without personal data. */
    public void report(Evaluation evaluation, Outcome outcome) {
        outcomes.report(evaluation, outcome);
    }

    /** How many batches of outcomes were dropped because the server was gone for too long. */
    public long droppedReports() {
        return outcomes.dropped();
    }

    /**
     * Stores a flag's state and share, if nobody has changed it since: what a Togglz console needs. The token needs the
     * role {@code operate}. Blocks for ten seconds at most; throws IllegalStateException when the change is refused,
     * UncheckedIOException when the server is not there.
     *
     * @param reason kept in the audit
     */
    public Consumer<Flag> writer(String reason) {
        return new FlagWriter(line, reason);
    }

    /** Reads and writes data on the sides that a migration flag says. Close it before this client. */
    public StagedStore staged(String flag, StagedSettings how) {
        Barrier barrier = new Barrier(line, sync.current(), settings.time(), timer, how.strict());
        sync.listen((before, after) -> barrier.changed(after));
        // It may have changed between the two lines above.
        barrier.changed(sync.current());
        every(BEAT, barrier::beat);
        return new StagedStore(this, flag, how, barrier);
    }

    /** Sends the outcomes that are left, for ten seconds at most, and stops. Answers go on from the last flags. */
    @Override
    public void close() {
        sync.close();
        timer.shutdownNow();
        outcomes.flush();
    }
}
