package dev.turnout.worker.bookkeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BookkeepingTest {
    private TestDatabase database;

    @BeforeEach
    void open() throws SQLException {
        database = TestPostgres.newDatabase();
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private Site site(long epoch) {
        return Clinic.site(new TestSpec(), database, epoch);
    }

    private void fence(Site site) throws SQLException {
        database.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            return site;
        });
    }

    @Test
    void severalWorkersMayInstallAtOnce() throws Exception {
        database.database();
        ExecutorService workers = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> installs = IntStream.range(0, 3)
                    .<Future<?>>mapToObj(worker -> workers.submit(() -> {
                        Bookkeeping.install(database.database());
                        return worker;
                    }))
                    .toList();
            for (Future<?> install : installs) {
                install.get();
            }
        } finally {
            workers.shutdown();
        }
        assertThat(database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'turnout' ORDER BY 1"))
                .contains("chunk", "rejected", "run", "step");
    }

    /** Flyway commits a script on one connection and its record of it on another: here the server ends that one in between. */
    @Test
    void aWorkerMayDieBetweenAScriptAndItsRecord() throws SQLException {
        database.execute("""
                CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                  'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
                CREATE FUNCTION arm() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands()
                             WHERE command_tag = 'CREATE TABLE' AND object_identity ~ 'flyway_schema_history') THEN
                    CREATE CONSTRAINT TRIGGER die AFTER INSERT ON turnout.flyway_schema_history
                      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.version = '1') EXECUTE FUNCTION die();
                  END IF;
                END $$;
                CREATE EVENT TRIGGER arm ON ddl_command_end EXECUTE FUNCTION arm();
                """);
        assertThatThrownBy(() -> Bookkeeping.install(database.database())).isInstanceOf(Exception.class);
        database.execute("DROP EVENT TRIGGER arm", "DROP FUNCTION arm", "DROP FUNCTION die CASCADE");
        Bookkeeping.install(database.database());
        Bookkeeping.enter(site(1));
        fence(site(1));
    }

    /** There each statement commits alone, and the record of a script after its last one. */
    @Test
    void aWorkerMayDieInAScriptOfMySql() throws SQLException {
        try (TestDatabase mysql = TestServer.MYSQL.newDatabase()) {
            Bookkeeping.install(mysql.database());
            List<String> scripts = mysql.query("SELECT installed_rank FROM turnout.flyway_schema_history"
                    + " WHERE script LIKE 'V%' ORDER BY installed_rank DESC");
            assertThat(scripts).hasSizeGreaterThan(3);
            for (String rank : scripts) {
                mysql.execute("DELETE FROM turnout.flyway_schema_history WHERE installed_rank >= " + rank);
                Bookkeeping.install(mysql.database());
            }
            // A statement that failed, for want of a lock, say, is recorded.
            mysql.execute("UPDATE turnout.flyway_schema_history SET success = 0 ORDER BY installed_rank DESC LIMIT 1");
            Bookkeeping.install(mysql.database());
            assertThat(mysql.query("SELECT script FROM turnout.flyway_schema_history WHERE success = 0"))
                    .isEmpty();
        }
    }

    /** On MySQL the databases of a server share the bookkeeping, so two that are migrated by two control databases meet. */
    @Test
    void aNumberThatIsAnotherRunsIsRefusedAndThatRunKeptAsItIs() throws SQLException {
        try (TestDatabase first = TestServer.MYSQL.newDatabase();
                TestDatabase second = TestServer.MYSQL.newDatabase()) {
            Bookkeeping.enter(Clinic.site(new TestSpec().named("one", "hash"), first, 3));
            for (TestSpec other : List.of(new TestSpec().named("another", "hash"), new TestSpec().named("one", "h"))) {
                assertThatThrownBy(() -> Bookkeeping.enter(Clinic.site(other, second, 5)))
                        .isInstanceOf(RunTaken.class)
                        .hasMessageContaining("knows run 7 as another one, of one (epoch 3)");
            }
            assertThat(first.query("SELECT run, migration, epoch FROM turnout.run"))
                    .containsExactly("7|one|3");
        }
    }

    @Test
    void anOlderEpochIsShutOutOnceANewerOneHasEntered() throws SQLException {
        Bookkeeping.enter(site(1));
        fence(site(1));
        Bookkeeping.enter(site(2));
        Bookkeeping.enter(site(2));

        fence(site(2));
        assertThatThrownBy(() -> fence(site(1))).isInstanceOf(StaleEpoch.class).hasMessageContaining("past epoch 1");
        assertThatThrownBy(() -> Bookkeeping.enter(site(1))).isInstanceOf(StaleEpoch.class);
    }

    @Test
    void aNewerEpochWaitsForTransactionsUnderTheOlderOne() throws SQLException {
        Bookkeeping.enter(site(1));
        database.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site(1));
            assertThatThrownBy(() -> Bookkeeping.enter(site(2)))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
            return connection;
        });
        Bookkeeping.enter(site(2));
    }

    @Test
    void aStreamOfTransactionsUnderTheOlderEpochDoesNotKeepTheNewerOneWaiting() throws Exception {
        Bookkeeping.enter(site(1));
        Site older = site(1);
        AtomicBoolean going = new AtomicBoolean(true);
        ExecutorService lanes = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> strides = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(lane -> lanes.submit(() -> {
                        while (going.get()) {
                            older.database().transaction(Limits.BOOKKEEPING, connection -> {
                                Bookkeeping.fence(connection, older);
                                return Sql.value(connection, "SELECT pg_sleep(0.03)");
                            });
                        }
                        return lane;
                    }))
                    .toList();
            Bookkeeping.enter(site(2));
            for (Future<?> stride : strides) {
                assertThatThrownBy(stride::get).hasCauseInstanceOf(StaleEpoch.class);
            }
        } finally {
            going.set(false);
            lanes.shutdown();
        }
    }
}
