package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Applications insert, update and delete all the while; what they were told is what must be there in the end. */
class UnderLoadTest {
    private static final int ROWS = 20_000;
    private static final int WRITERS = 8;

    @Test
    void nothingIsLostNothingComesBackAndBothSidesAgree() throws Exception {
        try (Visits visits = new Visits(ROWS)) {
            AtomicBoolean moving = new AtomicBoolean(true);
            ExecutorService pool = Executors.newFixedThreadPool(WRITERS + 4);
            try {
                Visits.finish(new SyncTriggers(), visits.site());
                List<Future<Map<Long, String>>> writers = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    writers.add(pool.submit(new Application(visits, i, moving)));
                }
                visits.planned(250);
                List<Future<Stride>> lanes = new ArrayList<>();
                // Two workers with two lanes each; lane 0 of the first makes the last sweep. Batches of a few rows, so
                // that
                // writers meet the cursor everywhere.
                Backfill first = Visits.backfill(Duration.ofMillis(2));
                Backfill second = Visits.backfill(Duration.ofMillis(2));
                lanes.add(pool.submit(() -> Visits.finish(first, visits.site(1, 0, "a"))));
                AtomicBoolean helping = new AtomicBoolean(true);
                for (int lane = 1; lane < 4; lane++) {
                    int number = lane;
                    pool.submit(() -> {
                        while (helping.get() && !Thread.currentThread().isInterrupted()) {
                            Backfill backfill = number < 2 ? first : second;
                            rest(backfill.stride(visits.site(1, number, number < 2 ? "a" : "b")));
                        }
                        return number;
                    });
                }
                assertThat(lanes.get(0).get()).isInstanceOf(Stride.Done.class);
                helping.set(false);
                moving.set(false);

                Map<Long, String> record = new TreeMap<>();
                for (long id = 3; id <= 3L * ROWS; id += 3) {
                    record.put(id, "");
                }
                for (Future<Map<Long, String>> writer : writers) {
                    record.putAll(writer.get());
                }
                assertThat(visits.differing()).isEqualTo("0");
                assertThat(visits.db.one("SELECT count(*) FROM turnout.rejected"))
                        .isEqualTo("0");
                compare(visits, record);
            } finally {
                moving.set(false);
                pool.shutdownNow();
            }
        }
    }

    private static void rest(Stride stride) {
        if (stride instanceof Stride.Wait wait) {
            LockSupport.parkNanos(wait.pause().toNanos());
        }
    }

    /** An empty note stands for a row nobody touched, {@code -} for a deleted one. */
    private static void compare(Visits visits, Map<Long, String> record) throws SQLException {
        Map<Long, String> found = new HashMap<>();
        try (Connection connection = visits.db.connect();
                ResultSet row = connection.createStatement().executeQuery("SELECT id, note, label FROM visits")) {
            while (row.next()) {
                found.put(row.getLong(1), row.getString(2) + "/" + row.getString(3));
            }
        }
        List<String> wrong = new ArrayList<>();
        record.forEach((id, note) -> {
            String is = found.remove(id);
            if (note.equals("-") ? is != null : is == null) {
                wrong.add(id + (is == null ? " is lost" : " has come back"));
            } else if (!note.isEmpty()
                    && is != null
                    && !note.equals("-")
                    && !is.equals(note + "/" + note.toUpperCase(Locale.ROOT))) {
                wrong.add(id + " should be " + note + " and is " + is);
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(found).as("rows nobody wrote").isEmpty();
    }

    /** One of the writers: it alone writes the rows of its share, half of the time as the new application does. */
    private record Application(Visits visits, int number, AtomicBoolean moving) implements Callable<Map<Long, String>> {
        @Override
        public Map<Long, String> call() throws SQLException {
            Random random = new Random(number);
            Map<Long, String> record = new HashMap<>();
            try (Connection connection = visits.db.connect();
                    PreparedStatement oldUpdate =
                            connection.prepareStatement("UPDATE visits SET note = ? WHERE id = ?");
                    PreparedStatement newUpdate =
                            connection.prepareStatement("UPDATE visits SET label = ? WHERE id = ?");
                    PreparedStatement delete = connection.prepareStatement("DELETE FROM visits WHERE id = ?");
                    PreparedStatement insert =
                            connection.prepareStatement("INSERT INTO visits (id, length, note) VALUES (?, '5', ?)"
                                    + " ON CONFLICT (id) DO UPDATE SET note = excluded.note")) {
                for (int n = 0; moving.get(); n++) {
                    long id = 3L * (1 + number + (long) WRITERS * random.nextInt(ROWS / WRITERS));
                    String note = "w" + number + "-" + n;
                    switch (random.nextInt(4)) {
                        case 0 -> {
                            if (change(oldUpdate, note, id) == 1) {
                                record.put(id, note);
                            }
                        }
                        case 1 -> {
                            if (change(newUpdate, note.toUpperCase(Locale.ROOT), id) == 1) {
                                record.put(id, note);
                            }
                        }
                        case 2 -> {
                            delete.setLong(1, id);
                            delete.executeUpdate();
                            record.put(id, "-");
                        }
                        default -> {
                            insert.setLong(1, id);
                            insert.setString(2, note);
                            insert.executeUpdate();
                            record.put(id, note);
                        }
                    }
                }
            }
            return record;
        }

        private static int change(PreparedStatement update, String value, long id) throws SQLException {
            update.setString(1, value);
            update.setLong(2, id);
            return update.executeUpdate();
        }
    }
}
