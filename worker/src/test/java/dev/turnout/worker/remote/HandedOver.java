package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Product;
import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.expand.Script;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Once the new side writes: what the old side still feeds, what came too late, and what has no way back. The region of a
 * client is made of another table of the old side, and no down reads it. A subclass names the pair of products.
 */
abstract class HandedOver {
    private final TestServer from;
    private final TestServer to;

    HandedOver(TestServer from, TestServer to) {
        this.from = from;
        this.to = to;
    }

    private Shop flipped() throws SQLException {
        Shop shop = new Shop(from, to).with(20).listening().planned(10).carried();
        assertThat(Shop.finish(new Flip(Side.NEW, Duration.ofSeconds(30))::stride, shop.site()))
                .isInstanceOf(Stride.Done.class);
        return shop;
    }

    private static void carry(Shop shop) throws SQLException {
        Shop.drain(new Applier(Side.NEW, Duration.ZERO), shop.site());
        Shop.drain(new Applier(Side.OLD, Duration.ZERO), shop.site());
        Shop.drain(new Applier(Side.NEW, Duration.ZERO), shop.site());
        Shop.drain(new Applier(Side.OLD, Duration.ZERO), shop.site());
    }

    /** As whoever gets past the trigger that refuses, but not past the one that names. */
    private static void late(Shop shop, String write) throws SQLException {
        try (Connection connection = shop.old.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    shop.product(Side.OLD) == Product.MYSQL
                            ? "SET " + Unseen.MYSQL + " = 'somebody'"
                            : "SET " + Unseen.POSTGRESQL + " = 'somebody'");
            statement.execute(write);
        }
    }

    private static List<String> rejected(TestDatabase database, Product product, Shop shop) throws SQLException {
        String row = product == Product.MYSQL ? "`row`" : "row";
        return database.query("SELECT table_name, message, " + row
                + " FROM turnout.rejected WHERE resolved_at IS NULL AND run = " + shop.run);
    }

    @Test
    void whatTheOldSideFeedsGoesOnArrivingAndOverwritesNothing() throws SQLException {
        try (Shop shop = flipped()) {
            shop.fresh.execute("UPDATE clients SET full_name = 'newer' WHERE client_id = 1");
            shop.old.execute("UPDATE regions SET label = 'elsewhere' WHERE id = 1");
            // The change of the new side is not back yet: the row waits for it.
            Shop.drain(new Applier(Side.OLD, Duration.ZERO), shop.site());
            assertThat(shop.fresh.one("SELECT full_name, region FROM clients WHERE client_id = 1"))
                    .isEqualTo("newer|region 1");
            carry(shop);
            assertThat(shop.fresh.one("SELECT full_name, region FROM clients WHERE client_id = 1"))
                    .isEqualTo("newer|elsewhere");
            assertThat(shop.found()).isEqualTo(shop.wanted());
            assertThat(shop.changes()).isEqualTo("0");
            assertThat(shop.rejected()).isEmpty();
        }
    }

    @Test
    void aChangeThatCameTooLateIsKeptWithBothValuesAndOverwritesNothing() throws SQLException {
        try (Shop shop = flipped()) {
            shop.fresh.execute("UPDATE clients SET full_name = 'newer' WHERE client_id = 2");
            carry(shop);
            late(shop, "UPDATE customers SET name = 'late' WHERE id = 2");
            carry(shop);
            assertThat(shop.fresh.one("SELECT full_name FROM clients WHERE client_id = 2"))
                    .isEqualTo("newer");
            assertThat(rejected(shop.old, shop.product(Side.OLD), shop))
                    .singleElement()
                    .asString()
                    .contains("came after", "late", "newer");
            // It is not lost with the old side, either.
            assertThat(Shop.finish(WayBack.toNew(Duration.ofSeconds(30)), shop.site()))
                    .isInstanceOf(Stride.Stop.class)
                    .asString()
                    .contains("late");
            // Whoever has judged it writes the row where it is written now.
            shop.fresh.execute("UPDATE clients SET full_name = 'judged' WHERE client_id = 2");
            carry(shop);
            SecondChance.ofAll(shop.site());
            carry(shop);
            assertThat(rejected(shop.old, shop.product(Side.OLD), shop)).isEmpty();
            assertThat(shop.old.one("SELECT name FROM customers WHERE id = 2")).isEqualTo("judged");
        }
    }

    @Test
    void aRowThatCameTooLateIsNotBroughtToTheNewSide() throws SQLException {
        try (Shop shop = flipped()) {
            late(shop, "INSERT INTO customers (id, name) VALUES (700, 'late')");
            late(shop, "DELETE FROM orders WHERE id = 10");
            carry(shop);
            assertThat(shop.fresh.query("SELECT * FROM clients WHERE client_id = 700"))
                    .isEmpty();
            assertThat(shop.fresh.query("SELECT client_id FROM purchases WHERE id = 10"))
                    .containsExactly("1");
            assertThat(rejected(shop.old, shop.product(Side.OLD), shop)).hasSize(2);
        }
    }

    @Test
    void aColumnThatHasNoWayBackIsWrittenOnTheOldSideAlone() throws SQLException {
        try (Shop shop = flipped()) {
            assertThatThrownBy(() -> shop.fresh.execute("UPDATE clients SET region = 'mine' WHERE client_id = 1"))
                    .hasMessageContaining("region")
                    .hasMessageContaining("written on the old side until the contract");
            shop.fresh.execute("UPDATE clients SET full_name = 'mine', region = 'region 1' WHERE client_id = 1");
            carry(shop);
            assertThat(shop.found()).isEqualTo(shop.wanted());
        }
    }

    @Test
    void whatTheOldSideMakesOtherwiseOfANewRowIsKeptWithBothValues() throws SQLException {
        try (Shop shop = flipped()) {
            shop.fresh.execute("INSERT INTO clients (client_id, full_name, region) VALUES (800, 'new', 'mine')");
            Shop.drain(new Applier(Side.NEW, Duration.ZERO), shop.site());
            assertThat(rejected(shop.fresh, shop.product(Side.NEW), shop))
                    .singleElement()
                    .asString()
                    .contains("clients", "region", "mine", "NULL");
            carry(shop);
            assertThat(shop.old.one("SELECT name FROM customers WHERE id = 800"))
                    .isEqualTo("new");
            assertThat(shop.found()).isEqualTo(shop.wanted()).contains("800|new|NULL|NULL");
        }
    }

    @Test
    void theVerificationGoesByTheSideThatWrites() throws SQLException {
        try (Shop shop = flipped()) {
            shop.fresh.execute("UPDATE clients SET full_name = 'on its way back' WHERE client_id = 3");
            assertThat(shop.verified()).isEmpty();
            carry(shop);
            shop.pastTheTriggers("UPDATE clients SET full_name = 'unseen' WHERE client_id = 5");
            assertThat(shop.verified()).containsExactly("clients 5 full_name name 5 unseen");
            carry(shop);
            assertThat(shop.old.one("SELECT name FROM customers WHERE id = 5")).isEqualTo("unseen");
            assertThat(shop.verified()).isEmpty();
        }
    }

    /** Nothing carries it any more, and nobody may believe that it counts. */
    @Test
    void whoWritesTheSideThatDidNotRemainIsRefusedUntilItIsTakenDown() throws SQLException {
        try (Shop shop = flipped()) {
            assertThat(Shop.finish(WayBack.toOld(Duration.ofSeconds(30)), shop.site()))
                    .isInstanceOf(Stride.Done.class);
            refused(shop.fresh, "UPDATE clients SET full_name = 'too late' WHERE client_id = 1");
            shop.old.execute("UPDATE customers SET name = 'in time' WHERE id = 1");
            shop.fresh.execute("ALTER TABLE clients RENAME TO former_clients");
            refused(shop.fresh, "DELETE FROM former_clients WHERE client_id = 1");
            assertThat(Shop.finish(WayBack.opening(Side.NEW), shop.site())).isInstanceOf(Stride.Done.class);
            assertThat(Shop.finish(WayBack.opening(Side.NEW), shop.site())).isInstanceOf(Stride.Done.class);
            shop.fresh.execute("UPDATE former_clients SET full_name = 'free' WHERE client_id = 1");
        }
        try (Shop shop = flipped()) {
            assertThat(Shop.finish(WayBack.toNew(Duration.ofSeconds(30)), shop.site()))
                    .isInstanceOf(Stride.Done.class);
            refused(shop.old, "UPDATE customers SET name = 'too late' WHERE id = 1");
            refused(shop.old, "UPDATE regions SET label = 'too late' WHERE id = 1");
            shop.fresh.execute("UPDATE clients SET full_name = 'in time', region = 'anywhere' WHERE client_id = 1");
            // A step of the contract may write what it takes away.
            SchemaChange.run(shop.site(), Limits.DDL, connection -> {
                Script.run(connection, "DELETE FROM orders; DROP TABLE orders", 0, false, (same, done) -> {});
                return connection;
            });
            assertThat(Shop.finish(WayBack.opening(Side.OLD), shop.site())).isInstanceOf(Stride.Done.class);
            shop.old.execute("UPDATE customers SET name = 'free' WHERE id = 1", "DELETE FROM regions");
        }
    }

    /** The rolling verification looks at the triggers all the time, also while they change. */
    @Test
    void triggersThatAreChangingAreNotCalledBroken() throws Exception {
        ExecutorService looking = Executors.newSingleThreadExecutor();
        try (Shop shop = flipped()) {
            AtomicBoolean over = new AtomicBoolean();
            Future<Integer> looks = looking.submit(() -> {
                int many = 0;
                for (; !over.get(); many++) {
                    assertThat(ChangelogTriggers.intact(shop.site())).isEmpty();
                }
                return many;
            });
            try {
                for (int i = 0; i < 8; i++) {
                    ChangelogTriggers.close(shop.site(), Side.NEW, true);
                    ChangelogTriggers.close(shop.site(), Side.OLD, false);
                    ChangelogTriggers.close(shop.site(), Side.OLD, true);
                    ChangelogTriggers.close(shop.site(), Side.NEW, false);
                }
            } finally {
                over.set(true);
            }
            assertThat(looks.get(1, TimeUnit.MINUTES)).isGreaterThan(10);
        } finally {
            looking.shutdownNow();
        }
    }

    @Test
    void triggersThatHaveBeenChangingForLongAre() throws SQLException {
        try (Shop shop = flipped()) {
            shop.fresh.execute("UPDATE turnout.flow SET hash = ''");
            assertThat(ChangelogTriggers.intact(shop.site())).isEmpty();
            shop.fresh.execute("UPDATE turnout.flow SET since = since - INTERVAL '2' MINUTE");
            assertThat(ChangelogTriggers.intact(shop.site())).hasSize(2);
            ChangelogTriggers.close(shop.site(), Side.NEW, false);
            assertThat(ChangelogTriggers.intact(shop.site())).isEmpty();
        }
    }

    private static void refused(TestDatabase database, String write) {
        assertThatThrownBy(() -> database.execute(write))
                .as(write)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("closed");
    }
}
