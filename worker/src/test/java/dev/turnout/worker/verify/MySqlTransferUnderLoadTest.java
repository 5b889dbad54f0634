package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Promises;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On MySQL some tenants are written by the old application and some by the new one, each row from one side at a time, while
 * rows move: no write fails, not by a deadlock either, and none is lost.
 */
class MySqlTransferUnderLoadTest {
    private static final int ROWS = 600;
    private static final int WRITERS = 4;

    @ParameterizedTest
    @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ"})
    void both_sides_may_be_written_by_tenant(String isolation) throws Exception {
        try (TestDatabase database = Shop.openOnMySql()) {
            String numbers = "WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < " + ROWS
                    + ") SELECT n, concat('c', n) FROM s";
            database.execute(
                    "INSERT INTO companies (id, name) " + numbers, "INSERT INTO branches (id, name) " + numbers);
            Site site = Clinic.site(Shop.spec(), database, 1);
            Bookkeeping.enter(site);
            finish(new SyncTriggers(), site);
            Promises promises = new Promises();
            for (int id = 1; id <= ROWS; id++) {
                promises.given("" + id, "c" + id);
            }
            AtomicBoolean writing = new AtomicBoolean(true);
            ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
            try {
                List<Future<Integer>> writers = new ArrayList<>();
                for (int number = 0; number < WRITERS; number++) {
                    writers.add(pool.submit(new Tenant(database, isolation, number, writing, promises)));
                }
                finish(new ChunkPlan(100), site);
                finish(Visits.backfill(Duration.ofMillis(5)), site);
                finish(new Verify(), site);
                writing.set(false);
                for (Future<Integer> writer : writers) {
                    assertThat(writer.get()).isPositive();
                }
                database.execute("UPDATE turnout.chunk SET verified_at = NULL");
                finish(new Verify(), site);
                assertThat(promises.brokenBy(rows(database, "SELECT id, name FROM companies")))
                        .isEmpty();
                assertThat(promises.brokenBy(
                                rows(database, "SELECT old_id, lower(title) FROM places WHERE kind = 'company'")))
                        .isEmpty();
                assertThat(database.query("SELECT * FROM turnout.rejected")).isEmpty();
            } finally {
                writing.set(false);
                pool.shutdownNow();
            }
        }
    }

    private static Map<String, String> rows(TestDatabase database, String query) throws SQLException {
        Map<String, String> rows = new HashMap<>();
        for (String row : database.query(query)) {
            rows.put(row.substring(0, row.indexOf('|')), row.substring(row.indexOf('|') + 1));
        }
        return rows;
    }

    private static void finish(PhaseWork work, Site site) throws SQLException {
        assertThat(Clinic.driveThroughWaits(work, site)).isInstanceOf(Stride.Done.class);
    }

    /** Any failure ends it. */
    private record Tenant(TestDatabase database, String isolation, int number, AtomicBoolean writing, Promises promises)
            implements Callable<Integer> {
        @Override
        public Integer call() throws SQLException {
            Random random = new Random(number);
            boolean old = number % 2 == 0;
            int turns = 0;
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION TRANSACTION ISOLATION LEVEL " + isolation);
                while (writing.get()) {
                    int id = 1 + number + WRITERS * random.nextInt(ROWS / WRITERS);
                    write(statement, old, id, "w" + number + "n" + turns++, random);
                    if (old && random.nextInt(3) == 0) {
                        statement.executeUpdate("INSERT INTO hours VALUES (" + (number * 1_000_000 + turns) + ", " + id
                                + ", " + random.nextInt(12) + ", " + (12 + random.nextInt(12)) + ")");
                    }
                }
            }
            return turns;
        }

        /** The new application has only rows that have come over. */
        private void write(Statement statement, boolean old, int id, String name, Random random) throws SQLException {
            String key = old ? "id = " + id : "kind = 'company' AND old_id = " + id;
            String table = old ? "companies" : "places";
            String upper = name.toUpperCase(Locale.ROOT);
            String set = old ? "name = '" + name + "'" : "title = '" + upper + "'";
            if (promises.value("" + id).isEmpty()) {
                String insert = old
                        ? "INSERT INTO companies (id, name) VALUES (" + id + ", '" + name + "')"
                        : "INSERT INTO places (kind, old_id, title) VALUES ('company', " + id + ", '" + upper + "')";
                promises.write("" + id, Optional.of(name), () -> statement.executeUpdate(insert));
            } else if (random.nextInt(4) == 0) {
                promises.write(
                        "" + id,
                        Optional.empty(),
                        () -> statement.executeUpdate("DELETE FROM " + table + " WHERE " + key));
            } else {
                promises.write(
                        "" + id,
                        Optional.of(name),
                        () -> statement.executeUpdate("UPDATE " + table + " SET " + set + " WHERE " + key));
            }
        }
    }
}
