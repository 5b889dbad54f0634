package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import dev.turnout.worker.verify.Verify;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The triggers of a table stand before those of the next one do. In between a table that feeds a row may bring it to the
 * new side, and its own table lose it unseen.
 */
class StraysTest {
    private static final Transfer SERVICES = new Transfer(
            "services",
            TableName.of("services"),
            List.of("id"),
            Optional.empty(),
            TableName.of("treatments"),
            List.of("id"),
            Map.of("id", "old.id", "name", "old.name"),
            Map.of(),
            Map.of(),
            false,
            0);
    /** Their services come first in the spec, and so do the triggers of these. */
    private static final Transfer VISITS = new Transfer(
            "visits",
            TableName.of("visits"),
            List.of("id"),
            Optional.of("old.kept"),
            TableName.of("stays"),
            List.of("id"),
            Map.of("id", "old.id", "treatment", "(SELECT s.name FROM services s WHERE s.id = old.service)"),
            Map.of(),
            Map.of("services", "old.service = it.id"),
            false,
            0);

    private static final List<String> TABLES = List.of(
            "CREATE TABLE services (id int PRIMARY KEY, name varchar(40) NOT NULL)",
            "CREATE TABLE visits (id int PRIMARY KEY, service int NOT NULL, kept boolean NOT NULL)",
            "CREATE TABLE treatments (id int PRIMARY KEY, name varchar(40) NOT NULL)",
            "CREATE TABLE stays (id int PRIMARY KEY, treatment varchar(40) NOT NULL)",
            "INSERT INTO services VALUES (1, 'cut')",
            "INSERT INTO visits VALUES (1, 1, true), (2, 1, true), (3, 1, true), (4, 1, true)");
    private static final String WAITING = """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'""";

    private static Site site(TestDatabase db) {
        return new Site(
                new TestSpec().transfer(SERVICES).transfer(VISITS).spec(),
                11,
                1,
                0,
                "a worker",
                db.database(),
                new SetClock());
    }

    @Test
    void on_postgres_what_was_carried_before_all_triggers_stood_and_is_gone_since_goes() throws SQLException {
        theyGo(TestServer.POSTGRES_18);
    }

    @Test
    void on_mysql_what_was_carried_before_all_triggers_stood_and_is_gone_since_goes() throws SQLException {
        theyGo(TestServer.MYSQL);
    }

    private static void theyGo(TestServer server) throws SQLException {
        try (TestDatabase db = server.newDatabase()) {
            db.execute(TABLES.toArray(String[]::new));
            Site site = site(db);
            Bookkeeping.enter(site);
            SyncTriggers triggers = new SyncTriggers();
            assertThat(triggers.stride(site)).isInstanceOf(Stride.Again.class);
            db.execute("UPDATE services SET name = 'shave'");
            assertThat(db.query("SELECT id FROM stays ORDER BY id")).containsExactly("1", "2", "3", "4");
            db.execute(
                    "DELETE FROM visits WHERE id = 1",
                    "UPDATE visits SET kept = false WHERE id = 2",
                    "UPDATE visits SET id = 5 WHERE id = 3");
            Visits.finish(triggers, site);
            Visits.finish(new ChunkPlan(2), site);
            assertThat(Visits.finish(Visits.backfill(), site)).isInstanceOf(Stride.Done.class);
            assertThat(db.query("SELECT id, treatment FROM stays ORDER BY id")).containsExactly("4|shave", "5|shave");
            assertThat(Visits.finish(new Verify(), site)).isInstanceOf(Stride.Done.class);
        }
    }

    /** A deletion that had to wait does not see that the old row is back; what is written after it does. */
    @Test
    void a_row_whose_old_one_comes_back_meanwhile_stays() throws Exception {
        try (TestDatabase db = TestServer.POSTGRES_18.newDatabase();
                Connection application = db.connect();
                Statement statement = application.createStatement()) {
            db.execute(TABLES.toArray(String[]::new));
            Site site = site(db);
            Bookkeeping.enter(site);
            db.execute("INSERT INTO stays VALUES (9, 'stray')");
            Visits.finish(new SyncTriggers(), site);
            application.setAutoCommit(false);
            statement.executeUpdate("INSERT INTO visits VALUES (9, 1, true)");
            CompletableFuture<Boolean> refreshed = CompletableFuture.supplyAsync(() -> {
                try {
                    return Refresh.row(site, Source.of(site.spec(), VISITS), List.of("9"));
                } catch (SQLException e) {
                    throw new CompletionException(e);
                }
            });
            await().until(() -> refreshed.isDone() || db.one(WAITING).equals("1"));
            application.commit();
            refreshed.get(60, TimeUnit.SECONDS);
            assertThat(db.query("SELECT id, treatment FROM stays WHERE id = 9")).containsExactly("9|cut");
        }
    }

    @Test
    void one_that_something_refers_to_stops_the_backfill_by_its_key() throws SQLException {
        try (TestDatabase db = TestServer.POSTGRES_18.newDatabase()) {
            db.execute(TABLES.toArray(String[]::new));
            Site site = site(db);
            Bookkeeping.enter(site);
            db.execute(
                    "INSERT INTO stays VALUES (9, 'stray')",
                    "CREATE TABLE bills (stay int NOT NULL REFERENCES stays)",
                    "INSERT INTO bills VALUES (9)");
            Visits.finish(new SyncTriggers(), site);
            Visits.finish(new ChunkPlan(2), site);
            assertThat(Visits.finish(Visits.backfill(), site)).isInstanceOfSatisfying(Stride.Stop.class, stop -> {
                assertThat(stop.because()).contains("1 rows of the new side", "visits");
                assertThat(stop.problems()).containsExactly("of the old key 9");
            });
            db.execute("DELETE FROM bills");
            assertThat(Visits.finish(Visits.backfill(), site)).isInstanceOf(Stride.Done.class);
            assertThat(db.query("SELECT id FROM stays WHERE id = 9")).isEmpty();
        }
    }
}
