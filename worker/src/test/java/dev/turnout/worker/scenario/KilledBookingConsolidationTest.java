package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.KilledWorker.Toll;
import dev.turnout.worker.testkit.MortalServer;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second reference migration, within one MySQL server, by workers that are killed while every company writes. */
class KilledBookingConsolidationTest {
    private static final long SEED = 20261129;
    private static final int ROWS = 2_000;
    private static final Duration BETWEEN = Duration.ofMillis(20);

    private final Path folder;

    KilledBookingConsolidationTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void a_few_kills_lose_nothing() throws Exception {
        try (TestDatabase askpro = TestServer.MYSQL.newDatabase();
                TestDatabase next = TestServer.MYSQL.newDatabase()) {
            assertThat(there(askpro, next, worker(next, 4)).total()).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    @Tag("slow")
    void twenty_kills_lose_nothing() throws Exception {
        try (TestDatabase askpro = TestServer.MYSQL.newDatabase();
                TestDatabase next = TestServer.MYSQL.newDatabase()) {
            assertThat(there(askpro, next, worker(next, 20)).total()).isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    @Tag("slow")
    void kills_of_the_database_server_lose_nothing_either() throws Exception {
        try (MortalServer server = MortalServer.mysql();
                TestDatabase askpro = server.newDatabase();
                TestDatabase next = server.newDatabase()) {
            assertThat(there(askpro, next, worker(next, 20).server(server)).servers())
                    .isNotEmpty();
        }
    }

    /** What was written on the new side is on the old one when the new one goes away. */
    @Test
    void the_way_back_loses_nothing_and_leaves_nothing() throws Exception {
        try (TestDatabase askpro = TestServer.MYSQL.newDatabase();
                TestDatabase next = TestServer.MYSQL.newDatabase()) {
            KilledWorker worker = worker(next, 2).andBack();
            try (People people = people(askpro, next, true)) {
                Toll toll = worker.database("askpro", askpro.settings()).carry(people);
                people.desk.stopped();
                System.out.println(AskPro.MIGRATION + ", and back: " + toll + "; writes acknowledged: "
                        + people.desk.appointments().kept());
                assertThat(people.differences).isEmpty();
                assertThat(people.desk.appointments().brokenBy(AskProDesk.appointmentsOf(askpro)))
                        .isEmpty();
            }
            assertThat(ours(askpro)).isEmpty();
            assertThat(ours(next)).isEmpty();
            assertThat(next.query(
                            "SELECT table_name FROM information_schema.tables WHERE table_schema = ?", next.name()))
                    .isEmpty();
        }
    }

    /** Tables, triggers and procedures that the engine made. */
    private static List<String> ours(TestDatabase side) throws SQLException {
        return side.query(
                "SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = ?"
                        + " UNION ALL SELECT routine_name FROM information_schema.routines WHERE routine_schema = ?"
                        + " UNION ALL SELECT table_name FROM information_schema.tables WHERE table_schema = ?"
                        + " AND (table_name LIKE 'turnout%' OR table_name = 'event_type_ids')",
                side.name(), side.name(), side.name());
    }

    private KilledWorker worker(TestDatabase next, int kills) {
        return new KilledWorker(folder, AskPro.bundle("schema: " + next.name()), kills, SEED).chunks(200);
    }

    private static People people(TestDatabase askpro, TestDatabase next, boolean back) throws SQLException {
        AskPro.load(askpro, ROWS);
        return new People(askpro, next, back);
    }

    private static Toll there(TestDatabase askpro, TestDatabase next, KilledWorker worker) throws Exception {
        try (People people = people(askpro, next, false)) {
            Toll toll = worker.database("askpro", askpro.settings()).carry(people);
            people.desk.stopped();
            System.out.println(AskPro.MIGRATION + ": " + toll + "; writes acknowledged: "
                    + people.desk.appointments().kept());
            assertThat(people.differences).isEmpty();
            assertThat(people.desk.appointments().brokenBy(AskProDesk.appointmentsOf(next)))
                    .isEmpty();
            assertThat(ours(askpro)).isEmpty();
            assertThat(ours(next)).isEmpty();
            return toll;
        }
    }

    /** The people of every company, at whichever side theirs is. */
    private static final class People implements KilledWorker.Application, AutoCloseable {
        private final TestDatabase askpro;
        private final TestDatabase next;
        private final boolean back;
        private final AskProDesk desk;
        private final List<String> differences = new ArrayList<>();

        /** @param back in the end it is the new side that goes */
        People(TestDatabase askpro, TestDatabase next, boolean back) {
            this.askpro = askpro;
            this.next = next;
            this.back = back;
            this.desk = new AskProDesk(askpro, next, ROWS, BETWEEN);
        }

        @Override
        public void ramp(int weight) throws Exception {
            desk.sides(company -> AskProDesk.bucket(company) < weight);
        }

        @Override
        public void bothSides() throws Exception {
            desk.writers().atRest(() -> differences.addAll(AskPro.differences(askpro, next)));
            if (!back) {
                desk.leaveOld();
            }
        }

        @Override
        public void close() {
            desk.close();
        }
    }
}
