package dev.turnout.worker.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.Work;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.verify.RollingVerification;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
            assertThat(shop.found())
                    .contains("101|new|NULL|elsewhere", "500|name 8|NULL|region 8", "7|name 7|mail 7|NULL");
            assertThat(shop.rejected()).isEmpty();
        }
    }

    /** On a busy machine, say. Then nobody goes on from it, and nobody goes back for it either. */
    @Test
    void changesThatAreLateAreNoRowsThatDiffer() throws SQLException {
        try (Shop shop = shop(10).listening().planned(10).carried()) {
            List<RollingVerification.Result> results = new ArrayList<>();
            RollingVerification verification =
                    new RollingVerification(new Pace(shop.clock, 1, Duration.ofMillis(20)), results::add);
            verification.stride(shop.site());
            shop.clock.pass(shop.spec().verifyMaxAge());
            await().until(() -> {
                verification.stride(shop.site());
                return results.get(results.size() - 1).from().isPresent();
            });
            shop.changed();
            shop.old.execute("UPDATE turnout.changelog SET at = at - INTERVAL '1' MINUTE WHERE run = " + shop.run);
            verification.stride(shop.site());
            shop.applied();
            verification.stride(shop.site());
            assertThat(results)
                    .extracting(RollingVerification.Result::mismatches)
                    .containsOnly(0L);
            RollingVerification.Result late = results.get(results.size() - 2);
            assertThat(late.from()).isEmpty();
            assertThat(late.problems()).singleElement().asString().contains("to be carried to the other server");
            RollingVerification.Result after = results.get(results.size() - 1);
            assertThat(after.from()).isPresent();
            assertThat(after.problems()).isEmpty();
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
            assertThat(shop.rejected().toString())
                    .contains("clients")
                    .contains("4")
                    .contains("no_such_name");
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

    @Test
    void moreRowsThanMayBeAreNotPutAsideByChangesEither() throws SQLException {
        try (Shop shop = shop(20).listening().planned(10).carried()) {
            shop.fresh.execute("ALTER TABLE clients ADD CONSTRAINT no_such_name CHECK (full_name <> 'bad')");
            shop.old.execute("UPDATE customers SET name = 'bad' WHERE id <= 5");
            shop.applied();
            assertThat(Shop.finish(Shop.backfill(), shop.site())).isInstanceOf(Stride.Done.class);
            shop.old.execute("UPDATE customers SET name = 'bad' WHERE id = 6");
            shop.applied();
            assertThat(Shop.finish(Shop.backfill(), shop.site()))
                    .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.because())
                            .contains("6 rows of clients are put aside, at most 5 may be"));
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

    @Test
    void theVerifierFindsWhatIsWrongAndCallsNothingElseWrong() throws SQLException {
        try (Shop shop = shop(60).listening().planned(25).carried()) {
            assertThat(RemoteControl.run(shop.site()).blind()).isEmpty();
            assertThat(shop.verified()).isEmpty();
            // A change on its way is no difference.
            shop.old.execute("UPDATE customers SET name = 'on its way' WHERE id = 40");
            assertThat(shop.verified()).isEmpty();
            shop.applied();
            shop.pastTheTriggers(
                    "UPDATE clients SET full_name = 'NAME 5' WHERE client_id = 5",
                    "UPDATE clients SET email = '' WHERE client_id = 4",
                    "DELETE FROM purchases WHERE id = 70",
                    "INSERT INTO clients (client_id, full_name) VALUES (9000, 'nobody')",
                    "UPDATE purchases SET total = total + 0.01 WHERE id = 30");
            assertThat(shop.verified())
                    .containsExactlyInAnyOrder(
                            "clients 5 full_name name 5 NAME 5",
                            "clients 4 email NULL ",
                            "clients 9000 the row none there",
                            "purchases 70 the row there missing",
                            "purchases 30 total 3.5 3.51");
            // What was found has been named again.
            shop.applied();
            assertThat(shop.verified()).isEmpty();
            assertThat(shop.found()).isEqualTo(shop.wanted());
        }
    }

    /** One transaction of the old side, of which one table has arrived and the other has not. */
    @Test
    void aQuestionOverSeveralTablesIsAnsweredWithEverythingThatIsOnItsWay() throws SQLException {
        try (Shop shop = shop(30).listening().planned(10).carried()) {
            String halved =
                    "SELECT p.id, c.full_name, c.region FROM purchases p JOIN clients c ON c.client_id = p.client_id"
                            + " WHERE (p.total = 0) <> (c.full_name = 'free') OR (p.total = 0) <> (c.region = 'gratis') ORDER BY 1";
            Work<List<List<String>>> question = connection -> Sql.rows(connection, halved);
            assertThat(shop.fresh.query(halved)).isEmpty();
            shop.old.execute(
                    "UPDATE orders SET total = 0 WHERE id IN (10, 20)",
                    "UPDATE customers SET name = 'free' WHERE id IN (1, 2)",
                    // Names every customer of the region, and is not turned into their names yet.
                    "INSERT INTO regions VALUES (77, 'none')",
                    "UPDATE customers SET region_id = 77 WHERE id IN (1, 2)",
                    "UPDATE regions SET label = 'gratis' WHERE id = 77");
            shop.old.database().transaction(Limits.BOOKKEEPING, source -> new Applier(Side.OLD)
                    .carry(source, shop.site(), Route.forward(shop.spec()).subList(1, 2)));
            String changes = shop.changes();
            assertThat(shop.fresh.query(halved)).hasSize(2);

            assertThat(CaughtUp.mayBeBehind(shop.site(), Side.NEW)).isTrue();
            assertThat(CaughtUp.ask(shop.site(), question)).isEmpty();
            // What was on its way has arrived, and is carried once more.
            assertThat(shop.found()).isEqualTo(shop.wanted());
            assertThat(shop.changes()).isEqualTo(changes).isNotEqualTo("0");

            shop.pastTheTriggers("UPDATE purchases SET total = 0 WHERE id = 30");
            assertThat(CaughtUp.ask(shop.site(), question)).hasSize(1).allSatisfy(row -> assertThat(row)
                    .startsWith("30"));
        }
    }

    @Test
    void aQuestionIsNotAnsweredWhileEveryRowIsOnItsWay() throws SQLException {
        try (Shop shop = shop(30).listening().planned(10).carried()) {
            shop.old.execute(
                    "INSERT INTO turnout.changelog (run, move, of_table) VALUES (" + shop.run + ", 'clients', '')");
            assertThatThrownBy(() -> CaughtUp.ask(shop.site(), connection -> "known"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(Failure.of(e).transientLike()).isTrue())
                    .hasMessageContaining("not known before they have arrived");
            shop.applied();
            assertThat(CaughtUp.<String>ask(shop.site(), connection -> "known")).isEqualTo("known");
        }
    }

    @Test
    void aChangeDuringABatchWaitsForItAndIsNotUndone() throws Exception {
        try (Shop shop = shop(20).listening().planned(100)) {
            Interleaving.changeDuringABatch(shop);
        }
    }

    @Test
    void aDeletedRowIsNotBroughtBackByABatchThatLostItsSource() throws Exception {
        try (Shop shop = shop(20).listening().planned(100)) {
            Interleaving.sourceLostDuringABatch(shop);
        }
    }

    @Test
    void aBatchGivesWaySoonToRowsOfTheOtherServerThatAreNotCommittedYet() throws Exception {
        try (Shop shop = shop(20).listening().planned(100)) {
            Interleaving.rowsThatAreNotCommitted(shop);
        }
    }

    @Test
    void aTargetThatCommittedBeforeTheWorkerDiedIsFoundThere() throws Exception {
        try (Shop shop = shop(20).listening().planned(100).carried()) {
            Interleaving.deathBetweenTheCommits(shop);
        }
    }

    @Test
    void aWorkerOfAnOlderEpochWritesNothing() throws SQLException {
        try (Shop shop = shop(5).listening().planned(100)) {
            Bookkeeping.enter(shop.site(2, 0, "b"));
            assertThatThrownBy(() -> Shop.backfill().stride(shop.site(1, 0, "a")))
                    .isInstanceOf(StaleEpoch.class);
            assertThatThrownBy(() -> new Applier(Side.OLD).stride(shop.changed().site(1, 0, "a")))
                    .isInstanceOf(StaleEpoch.class);
            assertThat(shop.found()).isEmpty();
        }
    }

    @Test
    void theWritesChangeSidesAndComeBackAndNothingIsLost() throws SQLException {
        try (Shop shop = shop(20).listening().planned(10).carried()) {
            shop.old.execute("UPDATE customers SET name = 'the last word' WHERE id = 2");
            assertThat(Shop.finish(new Flip(Side.NEW, Duration.ofSeconds(30))::stride, shop.site()))
                    .isInstanceOf(Stride.Done.class);
            assertThat(shop.found()).isEqualTo(shop.wanted()).contains("2|the last word|NULL|region 2");
            assertThatThrownBy(() -> shop.old.execute("UPDATE customers SET name = 'late' WHERE id = 3"))
                    .hasMessageContaining("closed");
            shop.fresh.execute(
                    "UPDATE clients SET full_name = 'by the new side' WHERE client_id = 3",
                    "DELETE FROM purchases WHERE id = 40",
                    "DELETE FROM clients WHERE client_id = 4",
                    "UPDATE purchases SET total = 77.70 WHERE id = 50");
            Shop.drain(new Applier(Side.NEW, Duration.ZERO), shop.site());
            assertThat(shop.old.query("SELECT name FROM customers WHERE id = 3"))
                    .containsExactly("by the new side");
            assertThat(shop.old.query("SELECT total FROM orders WHERE id = 50")).containsExactly("77.70");
            assertThat(shop.found()).isEqualTo(shop.wanted());
            shop.fresh.execute("UPDATE clients SET full_name = 'just before the way back' WHERE client_id = 1");
            assertThat(Shop.finish(WayBack.toOld(Duration.ofSeconds(30)), shop.site()))
                    .isInstanceOf(Stride.Done.class);
            assertThat(shop.old.query("SELECT name FROM customers WHERE id = 1"))
                    .containsExactly("just before the way back");
            shop.old.execute("UPDATE customers SET name = 'free again' WHERE id = 3");
            assertThat(shop.changes()).isEqualTo("0");
        }
    }

    @Test
    void aDrainThatTakesTooLongIsTakenBack() throws SQLException {
        try (Shop shop = shop(5).listening().planned(10).carried()) {
            Flip flip = new Flip(Side.NEW, Duration.ZERO);
            flip.stride(shop.site());
            // It waits for a row to which it refers, and keeps the changelog from getting empty.
            shop.pastTheTriggers("DELETE FROM purchases WHERE id = 10", "DELETE FROM clients WHERE client_id = 1");
            shop.nameKey("purchases", "10");
            assertThat(flip.stride(shop.site()))
                    .isInstanceOf(Stride.Wait.class)
                    .asString()
                    .contains("the changelog was not drained");
            shop.old.execute("UPDATE customers SET name = 'still here' WHERE id = 3");
            assertThat(Flip.authority(shop.site())).isEqualTo(Side.OLD);
        }
    }

    @Test
    void whatCannotCrossIsRefusedAtOnce() throws SQLException {
        try (Shop shop = shop(5)) {
            assertThat(RemotePreflight.afterExpand().stride(shop.site())).isInstanceOf(Stride.Done.class);
            shop.fresh.execute(
                    "ALTER TABLE purchases DROP COLUMN total", "ALTER TABLE purchases ADD total date",
                    "ALTER TABLE clients DROP COLUMN email", "ALTER TABLE clients ADD email int");
            Stride stride = RemotePreflight.afterExpand().stride(shop.site());
            assertThat(stride).isInstanceOf(Stride.Stop.class);
            assertThat(((Stride.Stop) stride).problems().toString())
                    .contains("purchases.total")
                    .contains("clients.email");
        }
    }
}
