package dev.turnout.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.ColumnRef;
import dev.turnout.migration.Move;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
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

    @Test
    void whatAnOperatorWantsVerifiedAnewIsDoneAtOnceAndCountedWhereverTheWorkerDies() throws SQLException {
        try (Visits visits = moved(1_000)) {
            Visits.finish(new Verify(), visits.site());
            Pace pace = new Pace(visits.clock, 1, Duration.ofMillis(1));
            List<RollingVerification.Result> results = new ArrayList<>();
            List<Demand> demands = new ArrayList<>();
            new RollingVerification(pace, () -> demands, results::add).stride(visits.site());
            assertThat(last(results).met()).isEmpty();

            // Eleven chunks. Nothing is due for an hour; a worker that knows of the first demand dies after some
            // chunks.
            visits.db.execute(
                    "SET turnout.backfill = 'on'; UPDATE visits SET minutes = 99 WHERE id IN (3, 2997, 3000)");
            visits.clock.pass(Duration.ofMinutes(1));
            demands.add(new Demand(3, Optional.empty()));
            AtomicInteger asked = new AtomicInteger();
            RollingVerification dying = new RollingVerification(
                    pace,
                    () -> {
                        if (asked.incrementAndGet() > 4) {
                            throw new IllegalStateException("killed");
                        }
                        return demands;
                    },
                    results::add);
            assertThatThrownBy(() -> dying.stride(visits.site())).hasMessage("killed");
            assertThat(visits.db.one("SELECT count(*) FROM turnout.chunk WHERE demand = 3"))
                    .isEqualTo("3");

            // Another one goes on behind them, and has two more by then: what it does for the first counts for these
            // too.
            demands.add(new Demand(4, Optional.of("visits")));
            RollingVerification rolling = new RollingVerification(pace, () -> demands, results::add);
            assertThat(strides(rolling, visits, results, met -> met.stream().allMatch(Demand.Met::over)))
                    .containsExactly(new Demand.Met(3, 11, 11, 3, true), new Demand.Met(4, 11, 11, 3, true));
            assertThat(last(results).from()).isEmpty();
            assertThat(last(results).ages().cells())
                    .isEqualTo(Map.of("visits", Collections.nCopies(11, Optional.of(visits.clock.instant()))));

            visits.db.execute("SET turnout.backfill = 'on'; UPDATE visits SET minutes = length::int");
            demands.clear();
            demands.add(new Demand(7, Optional.of("visits")));
            assertThat(strides(rolling, visits, results, met -> met.stream().allMatch(Demand.Met::over)))
                    .containsExactly(new Demand.Met(7, 11, 11, 0, true));
            assertThat(last(results).mismatches()).isZero();
            assertThat(last(results).problems()).isEmpty();
            assertThat(last(results).from()).contains(visits.clock.instant());
        }
    }

    @Test
    void aDemandThatIsCancelledInTheMiddleIsLeftAndWhatWasVerifiedKeepsItsAge() throws SQLException {
        try (Visits visits = moved(1_000)) {
            Visits.finish(new Verify(), visits.site());
            Instant before = visits.clock.instant();
            Pace pace = new Pace(visits.clock, 1, Duration.ofMillis(1));
            List<RollingVerification.Result> results = new ArrayList<>();
            AtomicInteger asked = new AtomicInteger();
            List<Demand> demands = new ArrayList<>();
            // Eleven chunks, none of which is due; cancelled once three of them are done.
            RollingVerification rolling = new RollingVerification(
                    pace,
                    () -> asked.incrementAndGet() > 4 ? List.copyOf(demands) : List.of(new Demand(3, Optional.empty())),
                    results::add);
            visits.clock.pass(Duration.ofMinutes(1));
            rolling.stride(visits.site());
            rolling.stride(visits.site());
            assertThat(visits.db.one("SELECT count(*) FROM turnout.chunk WHERE demand = 3"))
                    .isEqualTo("3");
            assertThat(results).allMatch(result -> result.met().isEmpty());
            assertThat(last(results).from()).as("eight are as old as they were").contains(before);
            assertThat(
                            visits.db.one(
                                    "SELECT count(*) FROM turnout.chunk WHERE demand = 3 AND verified_at > (SELECT min(verified_at) FROM turnout.chunk)"))
                    .as("the three as young as they are")
                    .isEqualTo("3");

            demands.add(new Demand(4, Optional.empty()));
            assertThat(strides(rolling, visits, results, met -> met.stream().allMatch(Demand.Met::over)))
                    .as("those three as well: nobody knew of it when they were verified")
                    .containsExactly(new Demand.Met(4, 11, 11, 0, true));
            assertThat(last(results).from()).contains(before.plus(Duration.ofMinutes(1)));
        }
    }

    @Test
    void aDemandOfTheFirstPassIsMetBeforeThePhaseEnds() throws SQLException {
        try (Visits visits = moved(1_000)) {
            List<Demand> demands = new ArrayList<>();
            List<RollingVerification.Result> results = new ArrayList<>();
            Verify verify = new Verify(() -> demands, results::add);
            Site site = visits.site();
            for (int stride = 0; stride < 6; stride++) {
                verify.stride(site);
            }
            assertThat(last(results).ages().cells().get("visits"))
                    .as("what is verified so far, in the first look at it")
                    .containsOnly(Optional.empty());
            demands.add(new Demand(3, Optional.empty()));
            assertThat(Visits.finish(verify, site)).isInstanceOf(Stride.Done.class);
            assertThat(last(results).met()).containsExactly(new Demand.Met(3, 11, 11, 0, true));
            assertThat(last(results).from()).contains(visits.clock.instant());
            assertThat(last(results).ages().cells().get("visits")).hasSize(11).doesNotContain(Optional.empty());
            assertThat(visits.db.one("SELECT count(*) FROM turnout.chunk WHERE demand <> 3"))
                    .isEqualTo("0");
        }
    }

    @Test
    void howeverRarelyAChunkHasItsTurnItLooksForDemandsAndAtTheTriggersWithinSeconds() throws SQLException {
        try (Visits visits = moved(100)) {
            Visits.finish(new Verify(), visits.site());
            RollingVerification rolling = new RollingVerification(Pace.real(), result -> {});
            assertThat(rolling.stride(visits.site()))
                    .isInstanceOfSatisfying(
                            Stride.Wait.class, wait -> assertThat(wait.pause()).isLessThan(Duration.ofSeconds(5)));
        }
    }

    @Test
    void aPassTakesHalfOfTheAgeHoweverOftenItLooks() throws SQLException {
        try (Visits visits = moved(400)) {
            Visits.finish(new Verify(), visits.site());
            RollingVerification rolling = new RollingVerification(Pace.real(), result -> {});
            rolling.stride(visits.site());
            // Five chunks: one each 144 minutes, by looks 100 minutes apart.
            for (int look = 0; look < 36; look++) {
                visits.clock.pass(Duration.ofMinutes(100));
                rolling.stride(visits.site());
            }
            Duration oldest = Duration.between(
                    rolled(visits).stream()
                            .flatMap(Optional::stream)
                            .min(Instant::compareTo)
                            .orElseThrow(),
                    visits.clock.instant());
            assertThat(oldest).isLessThanOrEqualTo(Duration.ofHours(12));
        }
    }

    private static List<Optional<Instant>> rolled(Visits visits) throws SQLException {
        return visits.db
                .database()
                .transaction(Limits.BOOKKEEPING, connection -> Ages.of(connection, visits.site()))
                .cells()
                .getOrDefault("visits", List.of());
    }

    /** Until what is told is as it should be; then what is told of the demands. */
    private static List<Demand.Met> strides(
            RollingVerification rolling,
            Visits visits,
            List<RollingVerification.Result> results,
            Predicate<List<Demand.Met>> enough)
            throws SQLException {
        for (int stride = 0; stride < 100; stride++) {
            rolling.stride(visits.site());
            if (enough.test(last(results).met())) {
                return last(results).met();
            }
        }
        throw new AssertionError("after a hundred strides: " + last(results).met());
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
