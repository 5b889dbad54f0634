package dev.turnout.server.demo;

import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in for an application outside: clients that create, move, confirm, cancel and withdraw reservations, each through
 * the code that the flag names for its patient, and a report of the outcomes four times a second. Thread-safe.
 */
final class BookingApplication implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BookingApplication.class);
    private static final Duration REPORT_EVERY = Duration.ofMillis(250);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);

    /**
     * @param clients concurrent
     * @param writesPerSecond at most, of all clients together
     * @param patients patient numbers go from 1 to this
     */
    record Load(int clients, int writesPerSecond, long patients) {
        Duration pause() {
            return Duration.ofNanos(TimeUnit.SECONDS.toNanos(clients) / writesPerSecond);
        }
    }

    private final FlagClient flag;
    private final Outcomes outcomes = new Outcomes();
    private final Latencies latencies = new Latencies();
    private volatile Release release = Release.GOOD;
    private volatile boolean open = true;
    private volatile long lastNewNanos;
    private volatile long firstHarmNanos;
    private final HikariDataSource pool;
    private final List<Thread> threads = new ArrayList<>();

    /**
     * Opens at once.
     *
     * @param pool closed with this
     * @param clock business time, for what the application writes down
     */
    BookingApplication(Load load, FlagClient flag, HikariDataSource pool, Ledger ledger, Clock clock) {
        this.flag = flag;
        this.pool = pool;
        Desk desk = new Desk(pool, ledger, clock, this::release);
        ReservationNumbers numbers = new ReservationNumbers(pool);
        for (int i = 0; i < load.clients(); i++) {
            Client client = new Client(new Client.Share(i, load), flag, desk, numbers, this::note);
            threads.add(new Thread(() -> client.work(() -> open), "booking client " + i));
        }
        threads.add(new Thread(this::report, "booking reports"));
        threads.forEach(thread -> {
            thread.setDaemon(true);
            thread.start();
        });
    }

    /** From now on the new code is this one. */
    void deploy(Release next) {
        release = next;
    }

    /**
     * How long patients were served by a bad release: from its first failure to the last answer that sent somebody to
     * it. Empty when nobody failed.
     */
    Optional<Duration> harm() {
        long first = firstHarmNanos;
        return first == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(lastNewNanos - first));
    }

    /** Real time since the flag last sent somebody to the new code; empty when it never did. */
    Optional<Duration> sinceNew() {
        return lastNewNanos == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(System.nanoTime() - lastNewNanos));
    }

    Release release() {
        return release;
    }

    /** Failed calls since the start. */
    long failures() {
        return outcomes.failures();
    }

    /** Calls since the start, failed ones too. */
    long calls() {
        return latencies.count();
    }

    /** How long calls took, the question to the flag included. */
    Latencies latencies() {
        return latencies;
    }

    private void note(FlagClient.Answer answer, Outcomes.Outcome outcome, long nanos) {
        if (answer.version() > 0) {
            outcomes.add(answer, outcome);
        }
        latencies.add(nanos);
        if (answer.arm() == Arm.NEW) {
            long now = System.nanoTime();
            lastNewNanos = now;
            if (firstHarmNanos == 0 && outcome == Outcomes.Outcome.FAILED && release == Release.BAD) {
                firstHarmNanos = now;
            }
        }
    }

    private void report() {
        // A name of its own per start: the sequence numbers begin again.
        String reporter = "booking-" + UUID.randomUUID();
        long seq = 0;
        while (open) {
            // No close cuts it short: what the last calls came to is reported, too.
            LockSupport.parkNanos(REPORT_EVERY.toNanos());
            for (Map.Entry<Long, Map<Arm, Outcomes.Tally>> taken :
                    outcomes.take().entrySet()) {
                seq++;
                try {
                    flag.report(reporter, seq, taken.getKey(), taken.getValue());
                } catch (IOException e) {
                    log.warn("some outcomes could not be reported: {}", e.getMessage());
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    /** Lets every write under way end, then closes; at most three seconds. */
    @Override
    public void close() {
        open = false;
        long deadline = System.nanoTime() + STOP_PATIENCE.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(
                        1, Duration.ofNanos(deadline - System.nanoTime()).toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.close();
    }
}
