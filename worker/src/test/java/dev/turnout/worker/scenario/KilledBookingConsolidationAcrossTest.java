package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.KilledWorker.Toll;
import dev.turnout.worker.testkit.MortalServer;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second reference migration, from a MySQL to a PostgreSQL, by workers that are killed while every company writes. */
class KilledBookingConsolidationAcrossTest {
    private static final long SEED = 20261129;
    private static final int ROWS = 2_000;

    private final Path folder;

    KilledBookingConsolidationAcrossTest(@TempDir Path folder) {
        this.folder = folder;
    }

    /** The way back, with as many kills, and the whole way without any are of every build. */
    @Test
    @Tag("slow")
    void a_few_kills_lose_nothing() throws Exception {
        try (TestDatabase askpro = TestServer.MYSQL.newDatabase();
                TestDatabase next = TestServer.POSTGRES_18.newDatabase()) {
            assertThat(there(askpro, next, worker(4)).total()).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    @Tag("slow")
    void twenty_kills_lose_nothing() throws Exception {
        try (TestDatabase askpro = TestServer.MYSQL.newDatabase();
                TestDatabase next = TestServer.POSTGRES_18.newDatabase()) {
            assertThat(there(askpro, next, worker(20)).total()).isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    @Tag("slow")
    void kills_of_either_database_server_lose_nothing_either() throws Exception {
        try (MortalServer old = MortalServer.mysql();
                MortalServer fresh = MortalServer.postgres(folder.resolve("data"));
                TestDatabase askpro = old.newDatabase();
                TestDatabase next = fresh.newDatabase()) {
            InTurn servers = new InTurn(old, fresh);
            there(askpro, next, worker(20).server(servers));
            System.out.println(AskPro.MIGRATION + " across: of the old side's server " + servers.ofOld
                    + " kills, of the new side's " + servers.ofNew);
            assertThat(servers.ofOld).isPositive();
            assertThat(servers.ofNew).isPositive();
        }
    }

    /** The new side has taken the writes, and what was written there is on the old one when the new one goes away. */
    @Test
    void the_way_back_after_the_flip_loses_nothing_and_leaves_nothing() throws Exception {
        try (TestDatabase askpro = TestServer.MYSQL.newDatabase();
                TestDatabase next = TestServer.POSTGRES_18.newDatabase()) {
            AskPro.load(askpro, ROWS);
            KilledWorker worker = worker(4)
                    .andBackAfterTheFlip()
                    .database("askpro", askpro.settings())
                    .database("next", next.settings());
            try (Across people = new Across(askpro, next, ROWS)) {
                Toll toll = worker.carry(people);
                people.more(100);
                people.desk.stopped();
                System.out.println(AskPro.MIGRATION + " across, and back: " + toll + "; writes acknowledged: "
                        + people.desk.appointments().kept());
                assertThat(worker.phases()).contains(Phase.SOAKING).endsWith(Phase.ROLLING_BACK, Phase.ROLLED_BACK);
                people.wholeOnTheOldSide();
            }
            nothingOfOurs(askpro, next);
            assertThat(next.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"))
                    .isEmpty();
        }
    }

    /** One after the other, beginning with the old side's. */
    private static final class InTurn implements KilledWorker.Victim {
        private final MortalServer old;
        private final MortalServer fresh;
        private int ofOld;
        private int ofNew;

        InTurn(MortalServer old, MortalServer fresh) {
            this.old = old;
            this.fresh = fresh;
        }

        @Override
        public void killAndRestart() throws Exception {
            if (ofOld == ofNew) {
                ofOld++;
                old.killAndRestart();
            } else {
                ofNew++;
                fresh.killAndRestart();
            }
        }
    }

    private KilledWorker worker(int kills) {
        return new KilledWorker(folder, AskPro.toPostgres(), kills, SEED).chunks(200);
    }

    /** From the first phase to the last; before the contract both sides are compared row by row. */
    private static Toll there(TestDatabase askpro, TestDatabase next, KilledWorker worker) throws Exception {
        AskPro.load(askpro, ROWS);
        try (Contracting people = new Contracting(new Across(askpro, next, ROWS))) {
            Toll toll = worker.database("askpro", askpro.settings())
                    .database("next", next.settings())
                    .carry(people);
            people.all.more(100);
            people.all.desk.stopped();
            System.out.println(AskPro.MIGRATION + " across: " + toll + "; writes acknowledged: "
                    + people.all.desk.appointments().kept());
            assertThat(people.all.desk.appointments().brokenBy(AskProDesk.appointmentsOf(next)))
                    .isEmpty();
            nothingOfOurs(askpro, next);
            return toll;
        }
    }

    /** Leaves the old side when it is about to go. */
    private record Contracting(Across all) implements KilledWorker.Application, AutoCloseable {
        @Override
        public void ramp(int weight) throws Exception {
            all.ramp(weight);
        }

        @Override
        public void bothSides() throws Exception {
            all.bothSides();
            all.desk.leaveOld();
        }

        @Override
        public void close() {
            all.close();
        }
    }

    /** No trigger, function or table that the engine made. */
    private static void nothingOfOurs(TestDatabase askpro, TestDatabase next) throws SQLException {
        assertThat(askpro.query(
                        "SELECT trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = ?"
                                + " UNION ALL SELECT routine_name FROM information_schema.routines WHERE routine_schema = ?"
                                + " UNION ALL SELECT table_name FROM information_schema.tables WHERE table_schema = ?"
                                + " AND (table_name LIKE 'turnout%' OR table_name = 'event_type_ids')",
                        askpro.name(), askpro.name(), askpro.name()))
                .isEmpty();
        assertThat(
                        next.query(
                                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
                                        + " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace IN ('turnout'::regnamespace, 'public'::regnamespace)"))
                .isEmpty();
    }
}
