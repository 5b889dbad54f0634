package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnout.migration.Product;
import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A batch or an applier held at a chosen moment while the others go on: what {@link Gate} claims, case by case. */
final class Interleaving {
    private Interleaving() {}

    /** A batch stands still between its read and its commit; a change and a delete must end up as the application said. */
    static void changeDuringABatch(Shop shop) throws Exception {
        Site site = shop.site();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (Connection source = shop.old.database().source().getConnection();
                Connection target = shop.fresh.database().source().getConnection()) {
            source.setAutoCommit(false);
            target.setAutoCommit(false);
            read(source, target, site);
            shop.old.execute("UPDATE customers SET name = 'newer' WHERE id = 5", "DELETE FROM orders WHERE id = 10");
            shop.old.execute("DELETE FROM customers WHERE id = 1");
            Future<Stride> applied = pool.submit(() -> new Applier(Side.OLD).stride(site));
            // It has claimed the changes and waits for the gate.
            await().until(() -> waitsForTheGate(shop));
            assertThat(applied.isDone()).isFalse();
            target.commit();
            source.commit();
            assertThat(applied.get(30, TimeUnit.SECONDS)).isInstanceOf(Stride.Again.class);
            shop.carried();
            assertThat(shop.found()).isEqualTo(shop.wanted());
        } finally {
            pool.shutdownNow();
        }
    }

    private static boolean waitsForTheGate(Shop shop) throws SQLException {
        return !shop.fresh
                .query(
                        shop.product(Side.NEW) == Product.MYSQL
                                ? "SELECT 1 FROM performance_schema.data_lock_waits"
                                : "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                .isEmpty();
    }

    /** The batch has read; its source is lost and a successor begins the chunk anew; rows go; then it commits. */
    static void sourceLostDuringABatch(Shop shop) throws Exception {
        Site site = shop.site();
        try (Connection target = shop.fresh.database().source().getConnection()) {
            target.setAutoCommit(false);
            Connection source = shop.old.database().source().getConnection();
            source.setAutoCommit(false);
            read(source, target, site);
            source.rollback();
            source.close();
            // The successor shares the gate, as batches do, and gives way to rows that are not committed yet.
            assertThat(Shop.backfill().stride(site)).isInstanceOf(Stride.Wait.class);
            shop.old.execute("DELETE FROM orders WHERE id = 10", "DELETE FROM customers WHERE id = 1");
            target.commit();
            shop.carried();
            assertThat(shop.found()).isEqualTo(shop.wanted());
        }
    }

    /** Two of them, far apart: a batch that went on behind the first one would wait for the second one, too. */
    static void rowsThatAreNotCommitted(Shop shop) throws Exception {
        boolean mysql = shop.product(Side.NEW) == Product.MYSQL;
        try (Connection somebody = shop.fresh.connect();
                Statement statement = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            statement.execute("SET " + (mysql ? Unseen.MYSQL : Unseen.POSTGRESQL) + " = 'clients'");
            statement.execute(
                    "INSERT INTO clients (client_id, full_name) VALUES (2, 'a'), (4, 'b'), (5, 'c'), (7, 'd'), (9, 'e')");
            long begun = System.nanoTime();
            Stride stride = Shop.backfill().stride(shop.site());
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
            assertThat(stride).isInstanceOfSatisfying(Stride.Wait.class, wait -> assertThat(wait.because())
                    .contains("giving way"));
            somebody.rollback();
            shop.carried();
            assertThat(shop.found()).isEqualTo(shop.wanted());
        }
    }

    private static void read(Connection source, Connection target, Site site) throws SQLException {
        Route clients = Route.forward(site.spec()).get(0);
        Gate.shared(target, site, clients.move());
        Ferry ferry = Ferry.of(source, target, clients);
        ferry.fill(source, target, KeyRange.all());
    }

    /** The target has committed and the source has not: the changes stay, and are carried again without harm. */
    static void deathBetweenTheCommits(Shop shop) throws Exception {
        shop.old.execute(
                "UPDATE customers SET name = 'twice' WHERE id = 2",
                "DELETE FROM orders WHERE id = 30",
                "INSERT INTO customers (id, name) VALUES (77, 'twice')");
        class Died extends RuntimeException {}
        assertThatThrownBy(() -> shop.old.database().transaction(Limits.BOOKKEEPING.attempts(1), source -> {
                    new Applier(Side.OLD)
                            .carry(
                                    source,
                                    shop.site(),
                                    Route.forward(shop.site().spec()));
                    throw new Died();
                }))
                .isInstanceOf(Died.class);
        assertThat(shop.found()).isEqualTo(shop.wanted());
        assertThat(shop.changes()).isNotEqualTo("0");
        shop.old.execute("UPDATE customers SET name = 'and changed' WHERE id = 77");
        shop.applied();
        assertThat(shop.found()).isEqualTo(shop.wanted());
        assertThat(shop.changes()).isEqualTo("0");
    }

    /** The verification has asked who has the authority and waits for the gate; meanwhile the other side gets it, and writes. */
    static void theAuthorityIsGivenAwayDuringADecision(Shop shop) throws Exception {
        Site site = shop.site();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (Connection applier = shop.fresh.database().source().getConnection()) {
            applier.setAutoCommit(false);
            Gate.exclusive(applier, site, "clients");
            shop.changed();
            Future<List<String>> wrong = pool.submit(shop::verified);
            await().until(() -> waitsForTheGate(shop));
            // What an applier, a flip and an application commit one after the other.
            shop.pastTheTriggers("UPDATE clients SET full_name = 'changed' WHERE client_id = 1");
            shop.old.execute(
                    "DELETE FROM turnout.changelog WHERE run = " + shop.run,
                    "INSERT INTO turnout.authority (run, side) VALUES (" + shop.run + ", 'NEW')");
            shop.pastTheTriggers("UPDATE clients SET full_name = 'newer' WHERE client_id = 1");
            shop.fresh.database().transaction(Limits.BOOKKEEPING, connection -> {
                Changelog.put(connection, site, "clients", List.of(List.of("1")));
                return site;
            });
            applier.commit();
            assertThat(wrong.get(30, TimeUnit.SECONDS)).isEmpty();
            assertThat(shop.verified()).isEmpty();
            Shop.drain(new Applier(Side.NEW), site);
            assertThat(shop.old.one("SELECT name FROM customers WHERE id = 1")).isEqualTo("newer");
        } finally {
            pool.shutdownNow();
        }
    }
}
