package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Transfer;
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
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that were there before the triggers, through the phases up to the verification. */
class TransferVerifyTest {
    private static final String PAST_THE_TRIGGERS = "SET turnout.carry = ' 7.0.up  7.0.down  7.1.up  7.1.down '; ";

    private TestDatabase database;
    private Site site;

    @BeforeEach
    void open() throws SQLException {
        database = Shop.open();
        database.execute(
                "INSERT INTO companies SELECT n, 'company ' || n, n % 10 = 0 FROM generate_series(1, 300) n",
                "INSERT INTO branches SELECT n, 'branch ' || n FROM generate_series(1, 200) n",
                "INSERT INTO hours SELECT n, n % 50, 8 + n % 3, 16 + n % 4 FROM generate_series(1, 400) n");
        site = Clinic.site(Shop.spec(), database, 1);
        Bookkeeping.enter(site);
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private void finish(PhaseWork work) throws SQLException {
        assertThat(Clinic.driveThroughWaits(work, site)).isInstanceOf(Stride.Done.class);
    }

    private void backfilled() throws SQLException {
        finish(new SyncTriggers());
        finish(new ChunkPlan(70));
        finish(Visits.backfill(Duration.ofMillis(50)));
    }

    @Test
    void everyRowThatMustStandStandsAndNoOther() throws SQLException {
        backfilled();
        assertThat(database.one("SELECT count(*), count(open) FROM places WHERE kind = 'company'"))
                .isEqualTo("270|45");
        assertThat(database.one("SELECT count(*) FROM places WHERE kind = 'branch'"))
                .isEqualTo("200");
        assertThat(database.one("SELECT title, open, close FROM places WHERE kind = 'company' AND old_id = 7"))
                .isEqualTo("COMPANY 7|8|19");
        Stride verified = Clinic.driveThroughWaits(new Verify(), site);
        assertThat(verified).isInstanceOfSatisfying(Stride.Done.class, done -> assertThat(done.report())
                .containsEntry("rows", 470L)
                .containsEntry("columns without any value", List.of()));
    }

    @Test
    void aBadRowIsPutAsideAndTriedAgain() throws SQLException {
        database.execute("UPDATE branches SET name = repeat('x', 30) WHERE id IN (7, 150)");
        backfilled();
        assertThat(database.query("SELECT table_name, key, phase, sqlstate FROM turnout.rejected ORDER BY id"))
                .containsExactly("branches|{\"id\": 7}|BACKFILL|22001", "branches|{\"id\": 150}|BACKFILL|22001");
        finish(new Verify());
        database.execute("UPDATE branches SET name = 'mended' WHERE id = 7", "DELETE FROM branches WHERE id = 150");
        finish(new Verify());
        assertThat(database.query("SELECT key FROM turnout.rejected WHERE resolved_at IS NULL"))
                .isEmpty();
        assertThat(database.one("SELECT title FROM places WHERE kind = 'branch' AND old_id = 7"))
                .isEqualTo("mended");
    }

    /** The application writes a bad row just after the verifier has made the copies in which it plants. */
    @Test
    void aRowPutAsideWhileTheVerifierProvesItselfIsNotMissed() throws SQLException {
        database.execute("CREATE TABLE bad (id int)", """
                CREATE FUNCTION named(branch int, name text) RETURNS text LANGUAGE plpgsql AS $$
                BEGIN
                  DELETE FROM bad WHERE id = branch;
                  IF FOUND THEN
                    INSERT INTO turnout.rejected (run, table_name, key, phase, sqlstate, message, "row")
                    VALUES (7, 'branches', jsonb_build_object('id', branch), 'SYNC', '22001', 'meanwhile', '{}');
                  END IF;
                  RETURN name;
                END $$""");
        Transfer branches = Shop.transfer(
                "branches",
                "branches",
                Optional.empty(),
                Shop.ordered("kind", "'branch'", "old_id", "old.id", "title", "named(old.id, old.name)"),
                Map.of(),
                Map.of());
        site = Clinic.site(new TestSpec().transfer(branches), database, 1);
        backfilled();
        database.execute("INSERT INTO bad VALUES (1)");
        finish(new Verify());
        assertThat(database.query("SELECT key FROM turnout.rejected WHERE resolved_at IS NULL"))
                .containsExactly("{\"id\": 1}");
    }

    @Test
    void whateverIsWrongIsFoundRepairedAndTold() throws SQLException {
        backfilled();
        for (String wrong : List.of(
                "UPDATE places SET title = lower(title) WHERE kind = 'company' AND old_id = 7",
                "UPDATE places SET title = title || ' ' WHERE kind = 'branch' AND old_id = 200",
                "UPDATE places SET open = NULL WHERE kind = 'company' AND old_id = 8",
                "DELETE FROM places WHERE kind = 'branch' AND old_id = 1",
                "INSERT INTO places (kind, old_id, title) VALUES ('branch', 5000, 'beyond every row')",
                "INSERT INTO places (kind, old_id, title) VALUES ('branch', -3, 'before every row')",
                "INSERT INTO places (kind, old_id, title) VALUES ('company', 10, 'of a deleted one')")) {
            database.execute(PAST_THE_TRIGGERS + wrong);
            database.execute("UPDATE turnout.chunk SET verified_at = NULL");
            assertThat(Clinic.driveThroughWaits(new Verify(), site))
                    .as(wrong)
                    .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                            .hasSizeGreaterThanOrEqualTo(2)
                            .first()
                            .asString()
                            .contains("1 of 1 rows", "repaired"));
            finish(new Verify());
        }
    }

    @Test
    void twoRowsExchangedAreFound() throws SQLException {
        backfilled();
        database.execute(PAST_THE_TRIGGERS
                + "UPDATE places SET title = CASE old_id WHEN 4 THEN 'branch 5' ELSE 'branch 4' END"
                + " WHERE kind = 'branch' AND old_id IN (4, 5)");
        assertThat(Clinic.driveThroughWaits(new Verify(), site))
                .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                        .contains(
                                "branches kind branch, old_id 4 title: expected branch 4, found branch 5",
                                "branches kind branch, old_id 5 title: expected branch 5, found branch 4"));
    }

    @Test
    void rowsOfNobodyAreNoneOfOurs() throws SQLException {
        database.execute("INSERT INTO places (kind, old_id, title) VALUES ('somebody', 1, 'else')");
        backfilled();
        finish(new Verify());
    }
}
