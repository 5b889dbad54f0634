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
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * Some tenants are written by the old application and some by the new one, each row from one side at a time, while rows
 * move. No write fails, none is lost, and in the end both sides say the same.
 */
class TransferUnderLoadTest {
    private static final int ROWS = 3_000;
    private static final int WRITERS = 6;

    @Test
    void bothSidesMayBeWrittenByTenant() throws Exception {
        try (TestDatabase database = Shop.open()) {
            database.execute(
                    "INSERT INTO companies SELECT n, 'c' || n FROM generate_series(1, " + ROWS + ") n",
                    "INSERT INTO branches SELECT n, 'b' || n FROM generate_series(1, " + ROWS + ") n");
            Site site = Clinic.site(Shop.spec(), database, 1);
            Bookkeeping.enter(site);
            finish(new SyncTriggers(), site);
            AtomicBoolean writing = new AtomicBoolean(true);
            ExecutorService pool = Executors.newFixedThreadPool(WRITERS);
            try {
                List<Future<Map<Integer, String>>> writers = new ArrayList<>();
                for (int number = 0; number < WRITERS; number++) {
                    writers.add(pool.submit(new Tenant(database, number, writing)));
                }
                finish(new ChunkPlan(200), site);
                finish(Visits.backfill(Duration.ofMillis(5)), site);
                finish(new Verify(), site);
                writing.set(false);
                Map<Integer, String> told = new HashMap<>();
                for (Future<Map<Integer, String>> writer : writers) {
                    told.putAll(writer.get());
                }
                assertThat(told).hasSizeGreaterThan(50);
                database.execute("UPDATE turnout.chunk SET verified_at = NULL");
                finish(new Verify(), site);
                Map<Integer, String> old = names(database, "SELECT id, name FROM companies");
                Map<Integer, String> young =
                        names(database, "SELECT old_id, lower(title) FROM places WHERE kind = 'company'");
                assertThat(young).isEqualTo(old);
                told.forEach((id, name) ->
                        assertThat(old.getOrDefault(id, "")).as("row " + id).isEqualTo(name));
                assertThat(database.query("SELECT * FROM turnout.rejected")).isEmpty();
            } finally {
                writing.set(false);
                pool.shutdownNow();
            }
        }
    }

    private static Map<Integer, String> names(TestDatabase database, String query) throws SQLException {
        Map<Integer, String> names = new HashMap<>();
        for (String row : database.query(query)) {
            String[] cells = row.split("\\|");
            names.put(Integer.valueOf(cells[0]), cells[1]);
        }
        return names;
    }

    private static void finish(PhaseWork work, Site site) throws SQLException {
        assertThat(Clinic.driveThroughWaits(work, site)).isInstanceOf(Stride.Done.class);
    }

    /** What it was told is what must be there: the name of a row, or nothing for a deleted one. Any failure ends it. */
    private record Tenant(TestDatabase database, int number, AtomicBoolean writing)
            implements Callable<Map<Integer, String>> {
        @Override
        public Map<Integer, String> call() throws SQLException {
            Random random = new Random(number);
            Map<Integer, String> told = new HashMap<>();
            boolean old = number % 2 == 0;
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                for (int n = 0; n < 100 || writing.get(); n++) {
                    int id = 1 + number + WRITERS * random.nextInt(ROWS / WRITERS);
                    String name = "w" + number + "n" + n;
                    String key = old ? "id = " + id : "kind = 'company' AND old_id = " + id;
                    String table = old ? "companies" : "places";
                    String set = old ? "name = '" + name + "'" : "title = '" + name.toUpperCase(Locale.ROOT) + "'";
                    // The new application has only rows that have come over.
                    int changed = statement.executeUpdate("UPDATE " + table + " SET " + set + " WHERE " + key);
                    if (changed == 1) {
                        told.put(id, name);
                    } else if (old || "".equals(told.get(id))) {
                        statement.executeUpdate(
                                old
                                        ? "INSERT INTO companies VALUES (" + id + ", '" + name + "')"
                                        : "INSERT INTO places (kind, old_id, title) VALUES ('company', " + id + ", '"
                                                + name.toUpperCase(Locale.ROOT) + "')");
                        told.put(id, name);
                    }
                    if (random.nextInt(4) == 0 && told.containsKey(id)) {
                        statement.executeUpdate("DELETE FROM " + table + " WHERE " + key);
                        told.put(id, "");
                    }
                    if (old && random.nextInt(3) == 0) {
                        statement.executeUpdate("INSERT INTO hours VALUES (" + (number * 1_000_000 + n) + ", " + id
                                + ", " + random.nextInt(12) + ", " + (12 + random.nextInt(12)) + ")");
                    }
                }
            }
            return told;
        }
    }

    /** Two transactions that change two rows which feed the same one: the later one sees what the earlier one committed. */
    @Test
    void twoContributorsOfOneRowAreBothSeen() throws Exception {
        try (TestDatabase database = Shop.open()) {
            database.execute("INSERT INTO companies VALUES (1, 'a')", "INSERT INTO hours VALUES (1, 1, 9, 17)");
            Site site = Clinic.site(Shop.spec(), database, 1);
            Bookkeeping.enter(site);
            finish(new SyncTriggers(), site);
            ExecutorService pool = Executors.newSingleThreadExecutor();
            try (Connection first = database.connect();
                    Statement statement = first.createStatement()) {
                first.setAutoCommit(false);
                statement.execute("INSERT INTO hours VALUES (2, 1, 6, 10)");
                Future<?> second = pool.submit(() -> {
                    database.execute("INSERT INTO hours VALUES (3, 1, 12, 23)");
                    return 0;
                });
                while (database.one("SELECT count(*) FROM pg_locks WHERE NOT granted")
                        .equals("0")) {
                    Thread.onSpinWait();
                }
                first.commit();
                second.get();
                assertThat(database.one("SELECT open, close FROM places")).isEqualTo("6|23");
            } finally {
                pool.shutdownNow();
            }
        }
    }
}
