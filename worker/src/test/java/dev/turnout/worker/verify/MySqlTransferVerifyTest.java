package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.reverse.Rollback;
import dev.turnout.worker.sync.SyncTriggers;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.Shop;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that were there before the triggers, on MySQL, through the phases up to the rehearsal and back. */
class MySqlTransferVerifyTest {
    private static final String NUMBERS =
            " WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < 300) SELECT ";

    private TestDatabase database;
    private Site site;

    @BeforeEach
    void open() throws SQLException {
        database = Shop.openOnMySql();
        database.execute(
                "INSERT INTO companies" + NUMBERS + "n, concat('company ', n), n % 10 = 0 FROM s",
                "INSERT INTO branches" + NUMBERS + "n, concat('branch ', n) FROM s WHERE n <= 200",
                "INSERT INTO hours" + NUMBERS + "n, n % 50, 8 + n % 3, 16 + n % 4 FROM s");
        site = Clinic.site(Shop.spec(), database, 1);
        Bookkeeping.enter(site);
        finish(new SyncTriggers(), new ChunkPlan(70), Visits.backfill(Duration.ofMillis(50)));
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private void finish(PhaseWork... phases) throws SQLException {
        for (PhaseWork phase : phases) {
            assertThat(Visits.finish(phase, site)).isInstanceOf(Stride.Done.class);
        }
    }

    private List<String> ours() throws SQLException {
        return database.query("SELECT table_name AS name FROM information_schema.tables"
                + " WHERE table_schema = database() AND table_name LIKE 'turnout%' UNION ALL SELECT routine_name FROM"
                + " information_schema.routines WHERE routine_schema = database() AND routine_name LIKE '%000000' UNION"
                + " ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = database() AND"
                + " event_object_table LIKE 'turnout%'");
    }

    /** As a worker leaves them that dies in the middle. */
    private void crash() throws SQLException {
        for (String copy :
                List.of("control_old", "control_new", "rehearsal_sample", "rehearsal_old", "rehearsal_new")) {
            database.execute("CREATE TABLE turnout_" + copy + "_7_0 (other int)");
        }
        database.execute(
                "CREATE PROCEDURE turnout_write_7_1000000 (IN a int) BEGIN END",
                "CREATE TRIGGER turnout_rehearsal_old_7_0_insert AFTER INSERT ON turnout_rehearsal_old_7_0 FOR EACH ROW"
                        + " CALL turnout_write_7_1000000(1)");
        assertThat(ours()).hasSize(7);
    }

    @Test
    void every_row_that_must_stand_stands_and_no_other() throws SQLException {
        assertThat(database.one("SELECT count(*), count(open) FROM places WHERE kind = 'company'"))
                .isEqualTo("270|45");
        assertThat(database.one("SELECT count(*) FROM places WHERE kind = 'branch'"))
                .isEqualTo("200");
        assertThat(database.one("SELECT title, open, close FROM places WHERE kind = 'company' AND old_id = 7"))
                .isEqualTo("COMPANY 7|8|19");
        assertThat(Visits.finish(new Verify(), site))
                .isInstanceOfSatisfying(Stride.Done.class, done -> assertThat(done.report())
                        .containsEntry("rows", 470L)
                        .containsEntry("columns without any value", List.of()));
    }

    @Test
    void what_a_crash_leaves_of_a_trial_goes_with_the_next_one() throws SQLException {
        crash();
        finish(new Verify(), new Rehearsal());
        assertThat(ours()).isEmpty();
    }

    @Test
    void or_with_a_rollback() throws SQLException {
        crash();
        finish(new Rollback());
        assertThat(ours()).isEmpty();
        assertThat(database.query("SELECT routine_name FROM information_schema.routines"
                        + " WHERE routine_schema = database() AND routine_name LIKE 'turnout%'"))
                .isEmpty();
    }
}
