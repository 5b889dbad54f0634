package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.ColumnRef;
import dev.turnout.migration.Move;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyTest {
    @Test
    void theFirstFullPassProvesItselfVerifiesEveryRowAndMakesTheColumnsStrict() throws SQLException {
        try (Visits visits = moved(1_000)) {
            Stride end = Visits.finish(new Verify(), visits.site());
            assertThat(end).isInstanceOf(Stride.Done.class);
            assertThat(((Stride.Done) end).report())
                    .containsEntry("rows", 1_000L)
                    .containsEntry("mismatches", 0);
            assertThat(visits.db.one("SELECT attnotnull FROM pg_attribute WHERE attname = 'minutes'"))
                    .isEqualTo("t");
            assertThat(visits.db.query("SELECT conname FROM pg_constraint WHERE conname LIKE 'turnout%'"))
                    .isEmpty();
            assertThat(visits.db.one("SELECT count(*) FROM turnout.chunk WHERE verified_at IS NULL"))
                    .isEqualTo("0");
        }
    }

    // Written past the triggers; the last row lies above the last chunk's bound.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UPDATE visits SET minutes = minutes + 1 WHERE id = 3     | {id: 3} minutes: expected 1, found 2",
                "UPDATE visits SET minutes = NULL WHERE id = 300          | {id: 300} minutes: expected 10, found NULL",
                "UPDATE visits SET label = NULL WHERE id = 300            | {id: 300} label: expected NOTE 100, found NULL",
                "UPDATE visits SET label = lower(label) WHERE id = 300    | {id: 300} label: expected NOTE 100, found note 100",
                "UPDATE visits SET label = '' WHERE id = 21               | {id: 21} label: expected NULL, found",
                "INSERT INTO visits VALUES (9000, '5', 'x', 6, 'X')       | {id: 9000} minutes: expected 5, found 6",
            },
            quoteCharacter = '`')
    void aRowWrittenPastTheTriggersIsFoundAndNamed(String corruption, String expected) throws SQLException {
        try (Visits visits = moved(200)) {
            visits.db.execute("SET turnout.backfill = 'on'; " + corruption);
            Stride end = Visits.finish(new Verify(), visits.site());
            assertThat(end).isInstanceOf(Stride.Stop.class);
            assertThat(((Stride.Stop) end).problems()).hasSize(1);
            assertThat(((Stride.Stop) end).problems().get(0).replace("\"", "").strip())
                    .isEqualTo("visits " + expected);
        }
    }

    @Test
    void rowsPutAsideAreNotComparedButKeepAColumnFromBecomingRequired() throws SQLException {
        try (Visits visits = new Visits(300)) {
            visits.db.execute("UPDATE visits SET length = 'long' WHERE id = 33");
            visits.planned(100).moved();
            Stride end = Visits.finish(new Verify(), visits.site());
            assertThat(end).isInstanceOf(Stride.Stop.class);
            assertThat(((Stride.Stop) end).problems()).containsExactly("visits.minutes is NULL in 1 rows");
        }
    }

    @Test
    void aVerifierThatCannotSeeAColumnStops() throws SQLException {
        try (Visits visits = moved(200)) {
            // A type whose values are all alike to the comparison that the verification uses.
            visits.db.execute("""
                    CREATE TYPE blind AS (v text);
                    CREATE FUNCTION blind_eq(blind, blind) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
                    CREATE OPERATOR = (LEFTARG = blind, RIGHTARG = blind, FUNCTION = blind_eq, COMMUTATOR = =);
                    ALTER TABLE visits ADD COLUMN veiled blind;
                    SET turnout.backfill = 'on';
                    UPDATE visits SET veiled = ROW(length)::blind""");
            visits.move(new Move(
                    "visits",
                    List.of("id"),
                    Map.of("veiled", "ROW(old.length)::blind"),
                    Map.of(),
                    List.of(),
                    Map.of(),
                    0));
            Stride end = Visits.finish(new Verify(), visits.site());
            assertThat(end).isInstanceOf(Stride.Stop.class);
            assertThat(((Stride.Stop) end).problems())
                    .containsExactly("the verifier does not see column veiled of visits");
        }
    }

    @Test
    void anAssertionThatGivesRowsStops() throws SQLException {
        try (Visits visits = moved(100)) {
            Site site = visits.site();
            Site asserted = new Site(
                    visits.spec(
                            new Assertion.NoRow("no visit takes 7 minutes", "SELECT id FROM visits WHERE minutes = 7")),
                    site.run(),
                    site.epoch(),
                    0,
                    "a",
                    site.database(),
                    site.clock());
            Stride end = Visits.finish(new Verify(), asserted);
            assertThat(end).isInstanceOf(Stride.Stop.class);
            assertThat(((Stride.Stop) end).problems().toString()).contains("no visit takes 7 minutes", "id=21");
        }
    }

    @Test
    void aReferenceIsValidatedAndOneThatDoesNotHoldIsNotForced() throws SQLException {
        try (Visits visits = moved(100)) {
            visits.db.execute(
                    "CREATE TABLE lengths (n int PRIMARY KEY); INSERT INTO lengths SELECT generate_series(0, 89)");
            visits.move(new Move(
                    "visits",
                    List.of("id"),
                    visits.move().up(),
                    visits.move().down(),
                    List.of(),
                    Map.of("minutes", new ColumnRef("lengths", "n")),
                    0));
            assertThat(Visits.finish(new Verify(), visits.site())).isInstanceOf(Stride.Done.class);
            assertThat(
                            visits.db.one(
                                    "SELECT convalidated FROM pg_constraint WHERE contype = 'f' AND conrelid = 'visits'::regclass"))
                    .isEqualTo("t");
        }
    }

    @Test
    void theWayBackIsWalkedOnACopyAndLeavesNothingBehind() throws SQLException {
        try (Visits visits = moved(500)) {
            Stride end = Visits.finish(new Rehearsal(), visits.site());
            assertThat(end).as(end.toString()).isInstanceOf(Stride.Done.class);
            assertThat(end.toString()).contains("comes back changed");
            assertThat(visits.db.one("SELECT count(*) FROM pg_proc WHERE pronamespace = 'turnout'::regnamespace"))
                    .isEqualTo("1");
            assertThat(visits.db.one("SELECT count(*) FROM turnout.rejected")).isEqualTo("0");
            assertThat(visits.differing()).isEqualTo("0");
        }
    }

    // What the down of length says, and what the rehearsal must find.
    @ParameterizedTest
    @CsvSource({
        "(new.minutes + 1)::text, is not the same on both sides",
        "NULL::text,              is refused",
        "'''long''',              is refused",
        "(1 / 0)::text,           is refused",
    })
    void aBrokenWayBackStopsBeforeTheFlagMoves(String down, String found) throws SQLException {
        try (Visits visits = new Visits(300)) {
            Map<String, Move.Down> downs = Map.of(
                    "length", new Move.Down(down, Optional.empty()),
                    "note", new Move.Down("lower(new.label)", Optional.empty()));
            visits.move(new Move("visits", List.of("id"), visits.move().up(), downs, List.of(), Map.of(), 0));
            Visits.finish(new SyncTriggers(), visits.site());
            visits.planned(100).moved();
            Stride end = Visits.finish(new Rehearsal(), visits.site());
            assertThat(end).isInstanceOf(Stride.Stop.class);
            assertThat(((Stride.Stop) end).problems().toString()).contains(found);
        }
    }

    @Test
    void rollingVerificationSeesAFullPassInHalfTheAgeAndEveryNewMismatch() throws SQLException {
        try (Visits visits = moved(400)) {
            Visits.finish(new Verify(), visits.site());
            var verifiedAt = visits.clock.instant();
            List<RollingVerification.Result> results = new ArrayList<>();
            RollingVerification rolling =
                    new RollingVerification(new Pace(visits.clock, 1, Duration.ofMillis(1)), results::add);
            // Five chunks; 12 h for a pass.
            rolling.stride(visits.site());
            assertThat(last(results).ages().cells())
                    .isEqualTo(Map.of("visits", Collections.nCopies(5, Optional.of(verifiedAt))));
            for (int i = 0; i < 4; i++) {
                visits.clock.pass(Duration.ofMinutes(144));
                rolling.stride(visits.site());
            }
            assertThat(last(results).from()).as("the fifth is the first again").contains(verifiedAt);
            visits.clock.pass(Duration.ofMinutes(144));
            rolling.stride(visits.site());
            assertThat(last(results).from()).contains(verifiedAt.plus(Duration.ofMinutes(144)));
            assertThat(last(results).mismatches()).isZero();

            visits.db.execute("SET turnout.backfill = 'on'; UPDATE visits SET minutes = 99 WHERE id = 3");
            visits.clock.pass(Duration.ofDays(1));
            rolling.stride(visits.site());
            assertThat(last(results).mismatches()).isEqualTo(1);
            assertThat(last(results).from()).isEmpty();

            visits.db.execute("ALTER TABLE visits DISABLE TRIGGER ALL");
            rolling.stride(visits.site());
            assertThat(last(results).mismatches()).isEqualTo(2);
            assertThat(last(results).problems().toString()).contains("altered, disabled or dropped", "found 99");
        }
    }

    private static RollingVerification.Result last(List<RollingVerification.Result> results) {
        return results.get(results.size() - 1);
    }

    private static Visits moved(int rows) throws SQLException {
        Visits visits = new Visits(rows);
        Visits.finish(new SyncTriggers(), visits.site());
        return visits.planned(100).moved();
    }
}
