package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Any unique, not-null key of MySQL is walked in the order that the server gives it, and every row exactly once. */
class MySqlKeysTest {
    private static final int ROWS = 300;

    private TestDatabase db;

    @BeforeEach
    void open() throws SQLException {
        db = TestServer.MYSQL.newDatabase();
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private Site site(List<String> key) {
        Move move = new Move("t", key, Map.of("y", "old.x * 2"), Map.of(), List.of(), Map.of(), 1000);
        return new Site(new TestSpec().move(move).spec(), 7, 1, 0, "a", db.database(), new SetClock());
    }

    private static Stride finish(PhaseWork work, Site site) throws SQLException {
        for (int strides = 0; strides < 2_000; strides++) {
            Stride stride = work.stride(site);
            if (stride instanceof Stride.Done || stride instanceof Stride.Stop) {
                return stride;
            }
        }
        throw new AssertionError("the phase does not end");
    }

    private void movesEveryRow(List<String> key) throws SQLException {
        Site site = site(key);
        Bookkeeping.enter(site);
        assertThat(finish(new SyncTriggers(), site)).isInstanceOf(Stride.Done.class);
        assertThat(finish(new ChunkPlan(40), site)).isInstanceOf(Stride.Done.class);
        assertThat(finish(Visits.backfill(Duration.ofMillis(1)), site)).isInstanceOf(Stride.Done.class);
        assertThat(db.one("SELECT count(*), count(y), coalesce(sum(y <> 2 * x), 0) FROM t"))
                .isEqualTo(ROWS + "|" + ROWS + "|0");
        assertThat(db.one("SELECT sum(rows_done), count(*) FROM turnout.chunk"))
                .as("once each, in chunks of 40, and the tail")
                .isEqualTo(ROWS + "|9");
        assertThat(db.one("SELECT count(*) FROM turnout.rejected")).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            value = {
                "k bigint unsigned → 18446744073709551000 + n",
                "k char(36) COLLATE utf8mb4_0900_ai_ci → left(concat(md5(n), '-', n), 36)",
                "k varchar(40) COLLATE utf8mb4_unicode_ci → concat(char(65 + n % 26 USING utf8mb4), '\\\\', n, '''é')",
                "k varchar(40) COLLATE latin1_swedish_ci → concat('ö', n)",
                "k varbinary(16) → unhex(concat(lpad(hex(n % 256), 2, '0'), '00', lpad(hex(n), 4, '0')))",
                "k binary(16) → unhex(md5(n))",
                "k datetime(6) → timestamp('2025-01-01') + INTERVAL n * 1001 MICROSECOND",
                "k decimal(30,5) → n * 12345678901234.56789",
                "k date → date('0000-01-01') + INTERVAL n * 1000 DAY",
            })
    void of_one_column(String column, String value) throws SQLException {
        db.execute(
                "CREATE TABLE t (" + column + " NOT NULL PRIMARY KEY, x int NOT NULL, y int NULL)",
                "INSERT INTO t (k, x) WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < "
                        + ROWS + ") SELECT " + value + ", n FROM s");
        movesEveryRow(List.of("k"));
    }

    @Test
    void of_several_columns() throws SQLException {
        db.execute(
                "CREATE TABLE t (tenant varchar(10) NOT NULL, day date NOT NULL, n int NOT NULL, x int NOT NULL, y int,"
                        + " UNIQUE KEY u (tenant, day, n))",
                "INSERT INTO t (tenant, day, n, x) WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE"
                        + " n < " + ROWS + ") SELECT concat('T', n % 3), date('2025-01-01') + INTERVAL n % 5 DAY, n, n"
                        + " FROM s");
        movesEveryRow(List.of("tenant", "day", "n"));
    }

    @Test
    void a_batch_waits_for_no_row_that_an_application_holds() throws SQLException {
        db.execute(
                "CREATE TABLE t (k int PRIMARY KEY, x int NOT NULL, y int)",
                "INSERT INTO t (k, x) VALUES (1, 1), (2, 2), (3, 3)");
        Site site = site(List.of("k"));
        Bookkeeping.enter(site);
        finish(new SyncTriggers(), site);
        finish(new ChunkPlan(40), site);
        Backfill backfill = Visits.backfill(Duration.ofMillis(50));
        try (Connection application = db.connect();
                PreparedStatement hold = application.prepareStatement("SELECT * FROM t WHERE k = 2 FOR UPDATE")) {
            application.setAutoCommit(false);
            hold.execute();
            long fastest = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                long begun = System.nanoTime();
                Stride stride = backfill.stride(site);
                fastest = Math.min(fastest, System.nanoTime() - begun);
                assertThat(stride.because()).isEqualTo("an application holds a row of the batch: giving way");
            }
            // MySQL waits for a whole second at least, whoever waits.
            assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofMillis(900));
            application.rollback();
        }
        assertThat(finish(backfill, site)).isInstanceOf(Stride.Done.class);
    }

    @Test
    void without_an_index_on_the_key_nothing_is_moved() throws SQLException {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, k int NOT NULL, x int NOT NULL, y int)",
                "INSERT INTO t (id, k, x) WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < 300)"
                        + " SELECT n, n, n FROM s");
        Site site = site(List.of("k"));
        Bookkeeping.enter(site);
        finish(new SyncTriggers(), site);
        finish(new ChunkPlan(40), site);
        Stride end = finish(Visits.backfill(Duration.ofMillis(50)), site);
        assertThat(end.because()).isEqualTo("the database would read all of t for every batch");
        assertThat(db.one("SELECT count(y) FROM t")).isEqualTo("0");
    }

    @Test
    void a_bad_row_is_put_aside_and_only_that() throws SQLException {
        db.execute(
                "CREATE TABLE t (k int PRIMARY KEY, x int NOT NULL, y int)",
                "INSERT INTO t (k, x) WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < 300)"
                        + " SELECT n, CASE WHEN n IN (77, 78, 201) THEN 2147483647 ELSE n END FROM s");
        Site site = site(List.of("k"));
        Bookkeeping.enter(site);
        finish(new SyncTriggers(), site);
        finish(new ChunkPlan(100), site);
        assertThat(finish(Visits.backfill(Duration.ofMillis(50)), site)).isInstanceOf(Stride.Done.class);
        assertThat(db.query("SELECT r.key, r.phase FROM turnout.rejected r ORDER BY id"))
                .containsExactly("{\"k\": 77}|BACKFILL", "{\"k\": 78}|BACKFILL", "{\"k\": 201}|BACKFILL");
        assertThat(db.one("SELECT count(y) FROM t")).isEqualTo("297");
        db.execute("UPDATE t SET x = 5 WHERE k = 77");
        assertThat(SecondTry.ofAll(site)).isEqualTo(1);
        assertThat(db.one("SELECT y FROM t WHERE k = 77")).isEqualTo("10");
    }
}
