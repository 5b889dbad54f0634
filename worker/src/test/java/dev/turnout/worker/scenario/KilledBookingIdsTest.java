package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.KilledWorker.Toll;
import dev.turnout.worker.testkit.Migrations;
import dev.turnout.worker.testkit.MortalServer;
import dev.turnout.worker.testkit.Promises;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.Writers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first reference migration, within one table of MySQL, by workers that are killed while V1 ids are written. */
class KilledBookingIdsTest {
    private static final String MIGRATION = "booking-ids";
    private static final long SEED = 20261129;

    private final Path folder;

    KilledBookingIdsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void a_few_kills_lose_nothing() throws Exception {
        try (TestDatabase bookings = TestServer.MYSQL.newDatabase()) {
            carry(bookings, worker(4));
        }
    }

    @Test
    @Tag("slow")
    void twenty_kills_lose_nothing() throws Exception {
        try (TestDatabase bookings = TestServer.MYSQL.newDatabase()) {
            carry(bookings, worker(20));
        }
    }

    @Test
    @Tag("slow")
    void kills_of_the_database_server_lose_nothing_either() throws Exception {
        try (MortalServer server = MortalServer.mysql();
                TestDatabase bookings = server.newDatabase()) {
            assertThat(carry(bookings, worker(20).server(server)).ofServers()).isGreaterThanOrEqualTo(3);
        }
    }

    private KilledWorker worker(int kills) {
        return new KilledWorker(folder, Migrations.bundle(MIGRATION), kills, SEED).chunks(50);
    }

    private static Toll carry(TestDatabase bookings, KilledWorker worker) throws Exception {
        try (Connection connection = bookings.connect()) {
            AskPro.run(connection, Migrations.file(MIGRATION, "legacy.sql"));
            AskPro.run(connection, Migrations.file(MIGRATION, "sample.sql"));
        }
        try (Desk desk = new Desk(bookings)) {
            Toll toll = worker.database("bookings", bookings.settings()).carry(desk);
            desk.writers.stop();
            System.out.println(MIGRATION + ": " + toll + "; writes acknowledged: " + desk.promises.kept());
            assertThat(desk.promises.brokenBy(desk.shown("calcom_booking_id"))).isEmpty();
            assertThat(desk.promises.kept()).isGreaterThan(300);
            assertThat(bookings.one("SELECT COUNT(*) FROM appointments WHERE deleted_at IS NULL"
                            + " AND calcom_v2_booking_id REGEXP '^[0-9]+$'"))
                    .isEqualTo("0");
            return toll;
        }
    }

    /** The old application writes V1 ids into the V2 column, the new one where they belong. */
    private static final class Desk implements KilledWorker.Application, AutoCloseable {
        private static final int WRITERS = 3;
        private static final long FIRST = 1_000_000;

        private final TestDatabase bookings;
        private final Promises promises = new Promises();
        private final Writers writers;
        private volatile int weight;

        Desk(TestDatabase bookings) {
            this.bookings = bookings;
            this.writers = new Writers(WRITERS, Duration.ofMillis(4), bookings::connect, this::write);
        }

        private void write(Connection connection, int writer, Random random) throws SQLException {
            long id = FIRST + writer + (long) WRITERS * random.nextInt(200);
            String row = Long.toString(id);
            if (!promises.settled(row)) {
                return;
            }
            String column = id * 7919 % 100_000 < weight ? "calcom_booking_id" : "calcom_v2_booking_id";
            String number = Long.toString(1_000 + random.nextInt(1_000_000));
            if (promises.value(row).isEmpty()) {
                String insert = "INSERT INTO appointments (" + column + ", id, source) VALUES (?, ?, 'app')";
                promises.write(row, Optional.of(number), () -> TestDatabase.update(connection, insert, number, id));
            } else if (random.nextInt(5) == 0) {
                promises.write(
                        row,
                        Optional.empty(),
                        () -> TestDatabase.update(connection, "DELETE FROM appointments WHERE id = ?", id));
            } else {
                String update = "UPDATE appointments SET " + column + " = ? WHERE id = ?";
                promises.write(row, Optional.of(number), () -> TestDatabase.update(connection, update, number, id));
            }
        }

        @Override
        public void ramp(int to) throws Exception {
            writers.atRest(() -> weight = to);
        }

        @Override
        public void bothSides() throws Exception {
            writers.atRest(() -> {
                assertThat(promises.brokenBy(shown("calcom_booking_id"))).isEmpty();
                assertThat(promises.brokenBy(shown("COALESCE(calcom_v2_booking_id, calcom_booking_id)")))
                        .isEmpty();
                return promises;
            });
        }

        Map<String, String> shown(String id) throws SQLException {
            return bookings.byKey("SELECT id, " + id + " FROM appointments WHERE id >= ?", FIRST);
        }

        @Override
        public void close() {
            writers.close();
        }
    }
}
