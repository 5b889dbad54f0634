package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.KilledWorker.Toll;
import dev.turnout.worker.testkit.Migrations;
import dev.turnout.worker.testkit.MortalServer;
import dev.turnout.worker.testkit.Promises;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.testkit.Writers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** String ids to UUIDs, in place and into a table of pairs, by workers that are killed while users come and go. */
class KilledUuidIdentitiesTest {
    private static final String MIGRATION = "uuid-identities";
    private static final UUID NAMESPACE = UUID.fromString("8f14a45f-ceea-467f-9a2f-1d3c5b7e9a01");
    private static final long SEED = 20261130;

    private final Path folder;

    KilledUuidIdentitiesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void a_few_kills_lose_nothing() throws Exception {
        try (TestDatabase clinic = TestPostgres.newDatabase()) {
            carry(clinic, 1_000, worker(4));
        }
    }

    @Test
    @Tag("slow")
    void twenty_kills_lose_nothing() throws Exception {
        try (TestDatabase clinic = TestPostgres.newDatabase()) {
            carry(clinic, 10_000, worker(20));
        }
    }

    @Test
    @Tag("slow")
    void kills_of_the_database_server_lose_nothing_either() throws Exception {
        try (MortalServer server = MortalServer.postgres(folder.resolve("data"));
                TestDatabase clinic = server.newDatabase()) {
            assertThat(carry(clinic, 5_000, worker(20).server(server)).ofServers())
                    .isGreaterThanOrEqualTo(3);
        }
    }

    private KilledWorker worker(int kills) {
        return new KilledWorker(folder, Migrations.bundle(MIGRATION), kills, SEED);
    }

    private static Toll carry(TestDatabase clinic, int users, KilledWorker worker) throws Exception {
        clinic.execute(Migrations.file(MIGRATION, "legacy.sql"), Migrations.file(MIGRATION, "sample.sql"));
        clinic.execute("SELECT sample(" + users + ")", "DROP FUNCTION sample(int)");
        try (Desk desk = new Desk(clinic)) {
            Toll toll = worker.database("clinic", clinic.settings()).carry(desk);
            desk.writers.stop();
            System.out.println(MIGRATION + ": " + toll + "; writes acknowledged: " + desk.promises.kept());
            assertThat(desk.promises.brokenBy(desk.found())).isEmpty();
            assertThat(desk.promises.kept()).isGreaterThan(300);
            return toll;
        }
    }

    /** Users come with a dashboard, change their names and go. */
    private static final class Desk implements KilledWorker.Application, AutoCloseable {
        private static final int WRITERS = 3;
        private static final String OLD_USER = "INSERT INTO users (id, email, name) VALUES (?, ?, ?)";
        private static final String NEW_USER = "INSERT INTO users (id, email, name, uuid_id) VALUES (?, ?, ?, ?)";
        private static final String OLD_DASHBOARD = "INSERT INTO dashboards (id, user_id, title) VALUES (?, ?, 'new')";
        private static final String NEW_DASHBOARD =
                "INSERT INTO dashboards (id, user_id, title, uuid_id, user_uuid_id) VALUES (?, ?, 'new', ?, ?)";

        private final TestDatabase clinic;
        private final Promises promises = new Promises();
        private final Writers writers;
        private volatile int weight;

        Desk(TestDatabase clinic) {
            this.clinic = clinic;
            this.writers = new Writers(WRITERS, Duration.ofMillis(4), clinic::connect, this::write);
        }

        private void write(Connection connection, int writer, Random random) throws SQLException {
            int number = writer + WRITERS * random.nextInt(200);
            String id = "live" + number;
            String dashboard = "dashboard of " + id;
            if (!promises.settled(id) || !promises.settled(dashboard)) {
                return;
            }
            // The new application gives what the triggers give the old one's rows, which go with the contract.
            boolean newSide = number * 7919L % 100_000 < weight;
            String name = "n" + random.nextInt(1_000_000);
            UUID identity = UUID.fromString(identity("users/" + id));
            UUID ofDashboard = UUID.fromString(identity("dashboards/" + dashboard));
            if (promises.value(id).isEmpty()) {
                promises.write(
                        id,
                        Optional.of(name + "|" + identity),
                        () -> newSide
                                ? TestDatabase.update(connection, NEW_USER, id, id, name, identity)
                                : TestDatabase.update(connection, OLD_USER, id, id, name));
            } else if (promises.value(dashboard).isEmpty()) {
                promises.write(
                        dashboard,
                        Optional.of(identity + "|" + ofDashboard),
                        () -> newSide
                                ? TestDatabase.update(connection, NEW_DASHBOARD, dashboard, id, ofDashboard, identity)
                                : TestDatabase.update(connection, OLD_DASHBOARD, dashboard, id));
            } else if (random.nextInt(4) == 0) {
                promises.write(
                        dashboard,
                        Optional.empty(),
                        () -> TestDatabase.update(connection, "DELETE FROM dashboards WHERE id = ?", dashboard));
                promises.write(
                        id,
                        Optional.empty(),
                        () -> TestDatabase.update(connection, "DELETE FROM users WHERE id = ?", id));
            } else {
                String update = "UPDATE users SET name = ? WHERE id = ?";
                promises.write(
                        id,
                        Optional.of(name + "|" + identity),
                        () -> TestDatabase.update(connection, update, name, id));
            }
        }

        private static String identity(String thing) {
            byte[] name = thing.getBytes(StandardCharsets.UTF_8);
            ByteBuffer named = ByteBuffer.allocate(16 + name.length)
                    .putLong(NAMESPACE.getMostSignificantBits())
                    .putLong(NAMESPACE.getLeastSignificantBits())
                    .put(name);
            return UUID.nameUUIDFromBytes(named.array()).toString();
        }

        @Override
        public void ramp(int to) throws Exception {
            writers.atRest(() -> {
                compare();
                weight = to;
                return to;
            });
        }

        @Override
        public void bothSides() throws Exception {
            writers.atRest(() -> {
                compare();
                return 0;
            });
        }

        private void compare() throws SQLException {
            assertThat(promises.brokenBy(found())).isEmpty();
            assertThat(
                            clinic.query(
                                    "SELECT t.id, m.old_id FROM"
                                            + " (SELECT 'users' AS name, id, uuid_id FROM users"
                                            + " UNION ALL SELECT 'dashboards', id, identity_of('dashboards', id) FROM dashboards) t"
                                            + " FULL JOIN (SELECT * FROM id_mappings WHERE table_name IN ('users', 'dashboards')) m"
                                            + " ON m.table_name = t.name AND m.old_id = t.id WHERE t.uuid_id IS DISTINCT FROM m.new_id"))
                    .isEmpty();
        }

        Map<String, String> found() throws SQLException {
            return clinic.byKey("SELECT id, name, uuid_id FROM users WHERE id LIKE 'live%' UNION ALL"
                    + " SELECT id, user_uuid_id::text, uuid_id FROM dashboards WHERE id LIKE '% of live%'");
        }

        @Override
        public void close() {
            writers.close();
        }
    }
}
