package dev.turnout.worker.remote;

import static org.awaitility.Awaitility.await;

import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Carries the changes of a shop all the while, as the lane beside a phase does. */
final class Carrying implements AutoCloseable {
    private final Shop shop;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Exception> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger written = new AtomicInteger();
    private volatile boolean over;

    private Carrying(Shop shop) {
        this.shop = shop;
    }

    static Carrying begin(Shop shop) {
        Carrying carrying = new Carrying(shop);
        carrying.threads.execute(carrying::carry);
        return carrying;
    }

    /** Applications that change an order and its customer in one transaction: total and mail hold one number. */
    Carrying writing(int applications) {
        for (int number = 0; number < applications; number++) {
            int which = number;
            threads.execute(() -> write(which + 1, applications));
        }
        return this;
    }

    List<Exception> failures() {
        return failures;
    }

    int written() {
        return written.get();
    }

    private void carry() {
        Site site = shop.site();
        Applier applier = new Applier(Side.OLD);
        while (!over) {
            try {
                if (applier.stride(site) instanceof Stride.Wait) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                }
            } catch (SQLException e) {
                // As whoever drives a run: a question holds the gate for a moment.
                if (Failure.of(e) != Failure.LOCK_TIMEOUT) {
                    failures.add(e);
                }
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
    }

    /** Each its own rows: what is asked about is the carrying. */
    private void write(int first, int step) {
        try (Connection connection = shop.old.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            for (int number = 1; !over; number++) {
                int customer = first + step * (number % 8);
                statement.execute("UPDATE orders SET total = " + number + ".25 WHERE customer_id = " + customer);
                statement.execute("UPDATE customers SET email = 'n" + number + "' WHERE id = " + customer);
                connection.commit();
                written.incrementAndGet();
                // As many as can be carried: a question is not answered while too much is on its way.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        } catch (SQLException e) {
            failures.add(e);
        }
    }

    @Override
    public void close() {
        over = true;
        threads.shutdown();
        await().until(threads::isTerminated);
    }
}
