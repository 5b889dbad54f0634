package dev.turnout.worker.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.StaleEpoch;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackfillTest {
    @Test
    void everyRowIsMovedOnceAndTheChunksCoverEveryKeyExactlyOnce() throws SQLException {
        try (Visits visits = new Visits(2_345).planned(500)) {
            assertThat(visits.db.query("SELECT seq, lo, hi, state FROM turnout.chunk ORDER BY seq"))
                    .containsExactly(
                            "0|[\"7035\"]|NULL|DONE",
                            "1|NULL|[\"1500\"]|OPEN",
                            "2|[\"1500\"]|[\"3000\"]|OPEN",
                            "3|[\"3000\"]|[\"4500\"]|OPEN",
                            "4|[\"4500\"]|[\"6000\"]|OPEN",
                            "5|[\"6000\"]|[\"7035\"]|OPEN");
            visits.planned(300);
            assertThat(visits.db.one("SELECT count(*) FROM turnout.chunk"))
                    .as("planned once")
                    .isEqualTo("6");

            assertThat(Visits.finish(Visits.backfill(), visits.site())).isInstanceOf(Stride.Done.class);

            assertThat(visits.differing()).isEqualTo("0");
            assertThat(visits.db.one(
                            "SELECT sum(rows_done), count(*) FILTER (WHERE state = 'DONE') FROM turnout.chunk"))
                    .isEqualTo("2345|6");
        }
    }

    @Test
    void anEmptyTableIsDoneAtOnce() throws SQLException {
        try (Visits visits = new Visits(0).planned(500)) {
            assertThat(Visits.finish(Visits.backfill(), visits.site())).isInstanceOf(Stride.Done.class);
        }
    }

    @Test
    void aCompositeKeyOfTextAndTimeWithACollationOfItsOwnLosesNoRow() throws SQLException {
        try (Visits visits = new Visits(0)) {
            visits.db.execute("""
                    CREATE TABLE parts (name text COLLATE "en-x-icu" NOT NULL, at timestamptz NOT NULL, raw text, n int,
                                        PRIMARY KEY (name, at));
                    INSERT INTO parts SELECT chr(65 + i % 60) || '''"{,}\\' || (i %% 50),
                           timestamptz '2026-01-01' + i * interval '1.000001 seconds', i::text
                    FROM generate_series(1, 3000) i;
                    ANALYZE parts""".replace("%%", "%"));
            visits.move(new Move(
                    "parts", List.of("name", "at"), Map.of("n", "old.raw::int"), Map.of(), List.of(), Map.of(), 0));
            visits.planned(170).moved();
            assertThat(visits.db.one("SELECT count(*) FROM parts WHERE n IS DISTINCT FROM raw::int"))
                    .isEqualTo("0");
            assertThat(visits.db.one("SELECT sum(rows_done) FROM turnout.chunk"))
                    .isEqualTo("3000");
        }
    }

    @Test
    void badRowsArePutAsideByThemselvesAndTheRestIsMoved() throws SQLException {
        try (Visits visits = new Visits(2_000)) {
            visits.db.execute("UPDATE visits SET length = 'long' WHERE id IN (3, 2100, 2103, 6000)");
            visits.planned(700);
            Stride end = Visits.finish(Visits.backfill(), visits.site());
            assertThat(end).isInstanceOf(Stride.Done.class);
            assertThat(visits.db.query(
                            "SELECT key ->> 'id', phase, sqlstate, row ->> 'length' FROM turnout.rejected ORDER BY 1"))
                    .containsExactly(
                            "2100|BACKFILL|22P02|long",
                            "2103|BACKFILL|22P02|long",
                            "3|BACKFILL|22P02|long",
                            "6000|BACKFILL|22P02|long");
            assertThat(visits.db.one("SELECT count(*) FROM visits WHERE minutes IS NULL"))
                    .isEqualTo("4");
            assertThat(visits.db.one("SELECT sum(rows_done) FROM turnout.chunk"))
                    .isEqualTo("2000");
        }
    }

    @Test
    void aRowThatSomebodyMendedOrDeletedIsNoLongerPutAside() throws SQLException {
        try (Visits visits = new Visits(300)) {
            visits.db.execute("UPDATE visits SET length = 'long' WHERE id IN (30, 60, 90)");
            visits.planned(100).moved();
            visits.db.execute("UPDATE visits SET length = '12' WHERE id = 30; DELETE FROM visits WHERE id = 60");

            assertThat(SecondTry.ofAll(visits.site())).isEqualTo(2);

            assertThat(visits.db.query("SELECT key ->> 'id' FROM turnout.rejected WHERE resolved_at IS NULL"))
                    .containsExactly("90");
            assertThat(visits.db.one("SELECT minutes FROM visits WHERE id = 30"))
                    .isEqualTo("12");
        }
    }

    @Test
    void tooManyBadRowsStopTheRunAndNameThem() throws SQLException {
        try (Visits visits = new Visits(200)) {
            visits.db.execute("UPDATE visits SET length = 'long' WHERE id <= 60");
            Stride end = Visits.finish(Visits.backfill(), visits.planned(50).site());
            assertThat(end).isInstanceOf(Stride.Stop.class);
            assertThat(((Stride.Stop) end).problems())
                    .hasSize(6)
                    .first()
                    .asString()
                    .contains("visits {\"id\": 3}", "22P02");
        }
    }

    @Test
    void aKeyWithoutAnIndexStopsBeforeTheFirstRow() throws SQLException {
        try (Visits visits = new Visits(500).planned(100)) {
            visits.db.execute("ALTER TABLE visits DROP CONSTRAINT visits_pkey");
            Stride end = Visits.finish(Visits.backfill(), visits.site());
            assertThat(end).isInstanceOf(Stride.Stop.class);
            assertThat(visits.db.one("SELECT count(minutes) FROM visits")).isEqualTo("0");
        }
    }

    @Test
    void whoeverWasOvertakenCommitsNothing() throws SQLException {
        try (Visits visits = new Visits(2_000).planned(2_000)) {
            Backfill old = Visits.backfill();
            old.stride(visits.site(1, 0, "a"));
            String before = visits.db.one(
                    "SELECT count(minutes), (SELECT watermark::text FROM turnout.chunk WHERE seq = 1) FROM visits");
            Bookkeeping.enter(visits.site(2, 0, "b"));

            assertThatThrownBy(() -> old.stride(visits.site(1, 0, "a"))).isInstanceOf(StaleEpoch.class);

            assertThat(
                            visits.db.one(
                                    "SELECT count(minutes), (SELECT watermark::text FROM turnout.chunk WHERE seq = 1) FROM visits"))
                    .isEqualTo(before);
            assertThat(Visits.finish(Visits.backfill(), visits.site(2, 0, "b")))
                    .as("the lease of an older epoch binds nobody")
                    .isInstanceOf(Stride.Done.class);
            assertThat(visits.db.one("SELECT sum(rows_done) FROM turnout.chunk"))
                    .isEqualTo("2000");
        }
    }

    @Test
    void aChunkIsLeftToItsHolderUntilTheLeaseHasRunOut() throws SQLException {
        try (Visits visits = new Visits(2_000).planned(2_000)) {
            Visits.backfill().stride(visits.site(1, 0, "a"));
            assertThat(Visits.backfill().stride(visits.site(1, 0, "b"))).isInstanceOf(Stride.Wait.class);
            visits.db.execute("UPDATE turnout.chunk SET lease_until = clock_timestamp() - interval '1 second'");
            assertThat(Visits.finish(Visits.backfill(), visits.site(1, 0, "b"))).isInstanceOf(Stride.Done.class);
            assertThat(visits.db.one("SELECT sum(rows_done) FROM turnout.chunk"))
                    .isEqualTo("2000");
        }
    }

    @Test
    void itGivesWayToAnApplicationThatHoldsARow() throws SQLException {
        try (Visits visits = new Visits(100).planned(100);
                Connection application = visits.db.connect()) {
            application.setAutoCommit(false);
            application.createStatement().execute("UPDATE visits SET note = 'mine' WHERE id = 30");
            Backfill backfill = Visits.backfill();
            Stride stride = backfill.stride(visits.site());
            assertThat(stride).isInstanceOf(Stride.Wait.class);
            assertThat(stride.because()).contains("giving way");
            application.commit();
            assertThat(Visits.finish(backfill, visits.site())).isInstanceOf(Stride.Done.class);
            assertThat(visits.db.one("SELECT label FROM visits WHERE id = 30")).isEqualTo("MINE");
        }
    }

    @Test
    void aRowThatMovedBehindTheCursorIsFoundByTheSweep() throws SQLException {
        try (Visits visits = new Visits(2_000).planned(1_000)) {
            Backfill backfill = Visits.backfill();
            while (!visits.db
                    .one("SELECT state FROM turnout.chunk WHERE seq = 1")
                    .equals("DONE")) {
                backfill.stride(visits.site());
            }
            visits.db.execute("UPDATE visits SET id = 1 WHERE id = 6000");
            assertThat(Visits.finish(backfill, visits.site())).isInstanceOf(Stride.Done.class);
            assertThat(visits.differing()).isEqualTo("0");
        }
    }

    @Test
    void aMappingThatNeverAgreesWithItselfStops() throws SQLException {
        try (Visits visits = new Visits(50)) {
            visits.move(new Move(
                    "visits", List.of("id"), Map.of("label", "random()::text"), Map.of(), List.of(), Map.of(), 0));
            assertThat(Visits.finish(Visits.backfill(), visits.planned(50).site()))
                    .isInstanceOf(Stride.Stop.class);
        }
    }
}
