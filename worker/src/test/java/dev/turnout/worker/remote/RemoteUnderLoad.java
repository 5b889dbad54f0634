package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.migration.Product;
import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Eight applications write all the while, sessions are killed at random on both servers, and the workers change. */
abstract class RemoteUnderLoad {
    private static final int ROWS = 3_000;
    private static final int WRITERS = 8;
    private static final int KILLS = 12;

    private final TestServer from;
    private final TestServer to;

    RemoteUnderLoad(TestServer from, TestServer to) {
        this.from = from;
        this.to = to;
    }

    @Test
    void bothSidesAreAlikeInTheEnd() throws Exception {
        AtomicBoolean writing = new AtomicBoolean(true);
        AtomicBoolean working = new AtomicBoolean(true);
        ExecutorService pool = Executors.newFixedThreadPool(WRITERS + 6);
        try (Shop shop = new Shop(from, to).with(ROWS).listening().planned(200)) {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int number = i;
                writers.add(pool.submit(() -> write(shop, number, writing)));
            }
            AtomicReference<Site> driver = new AtomicReference<>(shop.site());
            RemoteBackfill backfill = Shop.backfill();
            List<Future<Integer>> workers = new ArrayList<>();
            workers.add(pool.submit(() -> work(new Applier(Side.OLD), driver, 0, working)));
            workers.add(pool.submit(() -> work(new Applier(Side.OLD), driver, 0, working)));
            workers.add(pool.submit(() -> work(backfill, driver, 1, working)));
            workers.add(pool.submit(() -> work(backfill, driver, 2, working)));
            Random random = new Random(42);
            int killed = 0;
            for (int kill = 0; kill < KILLS || killed <= KILLS; kill++) {
                LockSupport.parkNanos(300_000_000L);
                killed += killOne(shop.old, shop.product(Side.OLD), random);
                killed += killOne(shop.fresh, shop.product(Side.NEW), random);
                if (kill == KILLS / 2) {
                    // Another process takes over: what the first one has under way must not count any more.
                    Site next = shop.site(2, 0, "b");
                    await().atMost(60, TimeUnit.SECONDS).ignoreExceptions().until(() -> entered(next));
                    driver.set(next);
                }
            }
            writing.set(false);
            int writes = 0;
            for (Future<Integer> writer : writers) {
                writes += writer.get();
            }
            working.set(false);
            for (Future<Integer> worker : workers) {
                worker.get();
            }
            Site last = Objects.requireNonNull(driver.get());
            // A pool may still hand out a session that was killed: whoever drives a run tries again, too.
            await().atMost(5, TimeUnit.MINUTES)
                    .ignoreExceptionsInstanceOf(SQLException.class)
                    .until(() -> settled(backfill, last));
            assertThat(writes).isGreaterThan(100);
            assertThat(killed).isGreaterThan(KILLS);
            assertThat(shop.found()).isEqualTo(shop.wanted());
            assertThat(shop.changes()).isEqualTo("0");
            assertThat(shop.rejected()).isEmpty();
        } finally {
            writing.set(false);
            working.set(false);
            pool.shutdownNow();
        }
    }

    /** A worker whose strides may fail: by a kill, or because it was taken over. */
    private static int work(PhaseWork work, AtomicReference<Site> driver, int lane, AtomicBoolean working) {
        int strides = 0;
        while (working.get()) {
            Site site = Objects.requireNonNull(driver.get());
            try {
                Stride stride = work.stride(new Site(
                        site.spec(),
                        site.run(),
                        site.epoch(),
                        lane,
                        site.worker(),
                        site.database(),
                        site.target(),
                        site.clock()));
                if (stride instanceof Stride.Wait) {
                    LockSupport.parkNanos(5_000_000L);
                }
                strides++;
            } catch (SQLException | StaleEpoch e) {
                LockSupport.parkNanos(10_000_000L);
            }
        }
        return strides;
    }

    private static boolean settled(RemoteBackfill backfill, Site site) throws SQLException {
        // A backfill waits for a changelog that is far behind.
        Shop.drain(new Applier(Side.OLD), site);
        Shop.finish(backfill, site);
        Shop.drain(new Applier(Side.OLD), site);
        return true;
    }

    /** As the first stride of a drive does, again and again until it succeeds. */
    private static boolean entered(Site site) throws SQLException {
        Bookkeeping.enter(site);
        return true;
    }

    private static int killOne(TestDatabase database, Product product, Random random) throws SQLException {
        List<String> sessions = database.query(
                product == Product.MYSQL
                        ? "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"
                        : "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        if (sessions.isEmpty()) {
            return 0;
        }
        String session = sessions.get(random.nextInt(sessions.size()));
        try {
            database.execute(
                    product == Product.MYSQL ? "KILL " + session : "SELECT pg_terminate_backend(" + session + ")");
            return 1;
        } catch (SQLException e) {
            // It ended by itself in between.
            return 0;
        }
    }

    /** Inserts, updates, deletes, key changes and rolled-back transactions on the rows of its share. */
    private static int write(Shop shop, int number, AtomicBoolean writing) throws SQLException {
        Random random = new Random(number);
        int writes = 0;
        long fresh = 100_000L + number;
        while (writes < 20 || writing.get()) {
            try (Connection connection = shop.old.connect();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                while (writes < 20 || writing.get()) {
                    long id = 1 + number + (long) WRITERS * random.nextInt(ROWS / WRITERS - 1);
                    switch (random.nextInt(8)) {
                        case 0 -> {
                            fresh += WRITERS;
                            statement.execute(
                                    "INSERT INTO customers (id, name, region_id) VALUES (" + fresh + ", 'n', 1)");
                            statement.execute("INSERT INTO orders VALUES (" + fresh + ", " + fresh + ", 1.25)");
                        }
                        case 1 -> {
                            statement.execute("DELETE FROM orders WHERE customer_id = " + id);
                            statement.execute("DELETE FROM customers WHERE id = " + id);
                        }
                        case 2 -> {
                            fresh += WRITERS;
                            statement.execute("UPDATE customers SET id = " + fresh + " WHERE id = " + id);
                            statement.execute(
                                    "UPDATE orders SET customer_id = " + fresh + " WHERE customer_id = " + id);
                        }
                        case 3 -> statement.execute("UPDATE customers SET deleted = 1 - deleted WHERE id = " + id);
                        default ->
                            statement.execute(
                                    "UPDATE customers SET name = 'w" + number + " " + writes + "' WHERE id = " + id);
                    }
                    if (random.nextInt(5) == 0) {
                        connection.rollback();
                    } else {
                        connection.commit();
                    }
                    writes++;
                }
            } catch (SQLException e) {
                // Killed, or the loser of a deadlock: as any application it connects and goes on.
                assertThat(Failure.of(e)).as(e.getMessage()).isNotEqualTo(Failure.OTHER);
            }
        }
        return writes;
    }
}
