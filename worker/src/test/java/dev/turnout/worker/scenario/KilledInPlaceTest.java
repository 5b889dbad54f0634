package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.KilledWorker.Toll;
import dev.turnout.worker.testkit.Migrations;
import dev.turnout.worker.testkit.MortalServer;
import dev.turnout.worker.testkit.Promises;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hospital's migration within one table, by workers that are killed at random moments while bookings are made. */
class KilledInPlaceTest {
    private static final String MIGRATION = "dynamic-services";
    private static final long SEED = 20261128;

    private final Path folder;

    KilledInPlaceTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void a_few_kills_lose_nothing() throws Exception {
        carry(5, 4_000);
    }

    @Test
    @Tag("slow")
    void twenty_kills_lose_nothing() throws Exception {
        carry(20, 40_000);
    }

    @Test
    @Tag("slow")
    void kills_on_the_way_there_and_back_leave_the_old_side_as_it_was_promised() throws Exception {
        try (TestDatabase clinic = hospital(TestPostgres.newDatabase(), 10_000);
                HospitalDesk desk = new HospitalDesk(clinic)) {
            Toll toll = worker(clinic, 10).andBack().carry(desk);
            Promises promises = desk.promises();
            System.out.println("dynamic-services and back: " + toll);
            assertThat(promises.brokenBy(desk.oldSide())).isEmpty();
            assertThat(clinic.query("SELECT 1 FROM pg_attribute WHERE attname = 'serviceId' AND NOT attisdropped"))
                    .isEmpty();
        }
    }

    @Test
    @Tag("slow")
    void kills_of_the_database_server_lose_nothing_either() throws Exception {
        try (MortalServer server = MortalServer.postgres(folder.resolve("data"));
                TestDatabase clinic = hospital(server.newDatabase(), 20_000);
                HospitalDesk desk = new HospitalDesk(clinic)) {
            Toll toll = worker(clinic, 20).server(server).carry(desk);
            Promises promises = desk.promises();
            System.out.println(
                    "dynamic-services on a mortal server: " + toll + "; writes acknowledged: " + promises.kept());
            assertThat(toll.ofServers()).isGreaterThanOrEqualTo(3);
            assertThat(promises.brokenBy(desk.newSide())).isEmpty();
        }
    }

    private void carry(int kills, int rows) throws Exception {
        try (TestDatabase clinic = hospital(TestPostgres.newDatabase(), rows);
                HospitalDesk desk = new HospitalDesk(clinic)) {
            Toll toll = worker(clinic, kills).carry(desk);
            Promises promises = desk.promises();
            System.out.println(MIGRATION + ": " + toll + "; writes acknowledged: " + promises.kept());
            assertThat(promises.kept()).isGreaterThan(500);
            assertThat(promises.brokenBy(desk.newSide())).isEmpty();
            assertThat(clinic.one("SELECT count(*) FROM reservations WHERE id <= " + rows))
                    .isEqualTo(Integer.toString(rows));
            assertThat(clinic.one("SELECT count(*) FROM turnout.rejected")).isEqualTo("0");
        }
    }

    private KilledWorker worker(TestDatabase clinic, int kills) {
        return new KilledWorker(folder, Migrations.bundle(MIGRATION), kills, SEED)
                .database("clinic", clinic.settings());
    }

    private static TestDatabase hospital(TestDatabase clinic, int rows) throws Exception {
        clinic.execute(
                Migrations.file(MIGRATION, "legacy.sql"),
                "SET turnout.rows = " + rows + ";" + Migrations.file(MIGRATION, "sample.sql"));
        return clinic;
    }
}
