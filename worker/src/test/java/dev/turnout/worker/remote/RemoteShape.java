package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Side;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What a transfer to another server does, the same for every pair of products: a subclass names the pair. */
abstract class RemoteShape {
    private final TestServer from;
    private final TestServer to;

    RemoteShape(TestServer from, TestServer to) {
        this.from = from;
        this.to = to;
    }

    Shop shop(int customers) throws SQLException {
        return new Shop(from, to).with(customers);
    }

    @Test
    void rowsThatWereThereAndChangesSinceArrive() throws SQLException {
        try (Shop shop = shop(2_000).listening()) {
            shop.old.execute("UPDATE customers SET name = 'other' WHERE id = 7");
            shop.planned(300);
            assertThat(Shop.finish(Shop.backfill(), shop.site())).isInstanceOf(Stride.Done.class);
            shop.applied();
            assertThat(shop.found()).isEqualTo(shop.wanted());
            assertThat(shop.changes()).isEqualTo("0");
            assertThat(shop.rejected()).isEmpty();
        }
    }

    @Test
    void everyKindOfChangeIsCarried() throws SQLException {
        try (Shop shop = shop(30).listening().planned(10).carried()) {
            shop.old.execute(
                    "INSERT INTO customers (id, name, region_id) VALUES (101, 'new', 4), (102, 'it''s \\ \"né\" 한', 5)",
                    "INSERT INTO orders VALUES (2000, 101, 9.99)",
                    "UPDATE customers SET name = concat(name, '!') WHERE id BETWEEN 3 AND 5",
                    "UPDATE customers SET email = NULL WHERE id = 1",
                    // A key changes, and takes its order along.
                    "UPDATE customers SET id = 500 WHERE id = 8",
                    "UPDATE orders SET customer_id = 500 WHERE customer_id = 8",
                    // Into the set of those who move, and out of it.
                    "UPDATE customers SET deleted = 0 WHERE id = 11",
                    "UPDATE customers SET deleted = 1 WHERE id = 13",
                    "DELETE FROM orders WHERE customer_id = 20",
                    "DELETE FROM customers WHERE id = 20",
                    // A table that is only read.
                    "UPDATE regions SET label = 'elsewhere' WHERE id = 4",
                    "UPDATE regions SET id = 70 WHERE id = 7");
            shop.applied();
            assertThat(shop.found()).isEqualTo(shop.wanted());
            assertThat(shop.found()).contains("101|new|NULL|elsewhere", "500|name 8|NULL|region 8", "7|name 7|mail 7|NULL");
            assertThat(shop.rejected()).isEmpty();
        }
    }

    @Test
    void whatIsRolledBackIsNotCarried() throws SQLException {
        try (Shop shop = shop(10).listening().planned(10).carried();
                var application = shop.old.connect();
                var statement = application.createStatement()) {
            application.setAutoCommit(false);
            statement.execute("UPDATE customers SET name = 'never' WHERE id = 3");
            shop.applied();
            application.rollback();
            shop.applied();
            assertThat(shop.found()).isEqualTo(shop.wanted());
            assertThat(shop.changes()).isEqualTo("0");
        }
    }

    @Test
    void aRowThatTheNewSideRefusesIsPutAsideAndTheOthersArrive() throws SQLException {
        try (Shop shop = shop(20).listening().planned(10)) {
            shop.fresh.execute("ALTER TABLE clients ADD CONSTRAINT no_such_name CHECK (full_name <> 'name 4')");
            shop.carried();
            assertThat(shop.rejected()).hasSize(2);
            assertThat(shop.rejected().toString()).contains("clients").contains("4").contains("no_such_name");
            shop.old.execute("UPDATE customers SET name = 'name 4' WHERE id = 6 OR id = 7");
            shop.applied();
            // Mended by hand: named again by the second chance, or by the change itself.
            shop.old.execute("UPDATE customers SET name = 'mended' WHERE id = 6 OR id = 7");
            shop.fresh.execute(from(to) + "no_such_name");
            SecondChance.ofAll(shop.site());
            shop.applied();
            SecondChance.ofAll(shop.site());
            shop.applied();
            assertThat(shop.rejected()).isEmpty();
            assertThat(shop.found()).isEqualTo(shop.wanted());
        }
    }

    private static String from(TestServer to) {
        return to == TestServer.MYSQL ? "ALTER TABLE clients DROP CHECK " : "ALTER TABLE clients DROP CONSTRAINT ";
    }

    @Test
    void twoRowsExchangeAUniqueValue() throws SQLException {
        try (Shop shop = shop(20).listening().planned(10)) {
            shop.fresh.execute("ALTER TABLE purchases ADD CONSTRAINT unique_total UNIQUE (total)");
            shop.carried();
            shop.old.execute(
                    "UPDATE orders SET total = 0.01 WHERE id = 10",
                    "UPDATE orders SET total = 1.50 WHERE id = 20",
                    "UPDATE orders SET total = 2.50 WHERE id = 10");
            shop.applied();
            assertThat(shop.rejected()).isEmpty();
            assertThat(shop.found()).isEqualTo(shop.wanted());
        }
    }

    @Test
    void theNewSideIsClosedToEverybodyElse() throws SQLException {
        try (Shop shop = shop(5).listening().planned(10).carried()) {
            for (String write : new String[] {
                "INSERT INTO clients (client_id, full_name) VALUES (99, 'x')",
                "UPDATE clients SET full_name = 'x' WHERE client_id = 1",
                "DELETE FROM purchases WHERE id = 10"
            }) {
                assertThatThrownBy(() -> shop.fresh.execute(write))
                        .as(write)
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("closed");
            }
            assertThat(shop.found()).isEqualTo(shop.wanted());
        }
    }

    @Test
    void triggersThatSomebodyDroppedAreMissed() throws SQLException {
        try (Shop shop = shop(5).listening()) {
            assertThat(ChangelogTriggers.intact(shop.site())).isEmpty();
            String trigger = from == TestServer.MYSQL
                    ? "DROP TRIGGER zzz_turnout_" + shop.run + "_0_name_update"
                    : "ALTER TABLE customers DISABLE TRIGGER zzz_turnout_" + shop.run + "_0_name";
            shop.old.execute(trigger);
            assertThat(ChangelogTriggers.intact(shop.site())).hasSize(1);
            for (Side side : Side.values()) {
                ChangelogTriggers.remove(shop.site(), side);
                ChangelogTriggers.remove(shop.site(), side);
            }
            shop.fresh.execute("INSERT INTO clients (client_id, full_name) VALUES (99, 'x')");
        }
    }
}
