package dev.turnout.worker.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.reverse.Rollback;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service made after the enum: the spec declares what the old application is shown instead. */
class FallbackTest {
    private static final String SERVICE_OR_NULL = """
            (SELECT e FROM unnest(enum_range(NULL::"ServiceType")) AS e JOIN services s ON s.code = e::text
             WHERE s.id = new."serviceId")""";

    private final Move move = withFallback();
    private TestDatabase database;
    private Site site;

    private static Move withFallback() {
        Move strict = Clinic.reservations();
        Map<String, Move.Down> down = new LinkedHashMap<>(strict.down());
        down.put("service", new Move.Down(SERVICE_OR_NULL, Optional.of("'LIFTING'::\"ServiceType\"")));
        return new Move(
                strict.table(),
                strict.key(),
                strict.up(),
                down,
                strict.required(),
                strict.references(),
                strict.maxRejected());
    }

    @BeforeEach
    void aHospitalWithANewService() throws SQLException {
        database = Clinic.open();
        site = Clinic.site(
                new TestSpec().expand(Clinic.services(), Clinic.columns()).move(move), database, 1);
        Bookkeeping.enter(site);
        Clinic.drive(new Expand(), site);
        Clinic.drive(new SyncTriggers(), site);
        database.execute("INSERT INTO services VALUES (7, 'TATTOO_REMOVAL', '문신 제거', 55)");
        database.execute(Clinic.insert(
                "\"serviceId\", \"serviceName\", \"estimatedDuration\", period", "7, '문신 제거', 55, 'MORNING'"));
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private String differing() throws SQLException {
        Mapping mapping = Clinic.mapping(database, move);
        return database.one("SELECT count(*) FROM " + mapping.tableAsOld() + " WHERE " + mapping.differs());
    }

    @Test
    void theOldApplicationIsShownTheFallbackAndTheNewSideKeepsItsOwn() throws SQLException {
        assertThat(database.one(
                        "SELECT service, \"serviceId\", \"serviceName\", \"estimatedDuration\" FROM reservations"))
                .isEqualTo("LIFTING|7|문신 제거|55");
    }

    @Test
    void verificationKnowsTheFallbackAndNothingElse() throws SQLException {
        assertThat(differing()).isEqualTo("0");
        database.execute("SET turnout.backfill = 'on'; UPDATE reservations SET service = 'ACNE_CARE'");
        assertThat(differing()).isEqualTo("1");
    }

    @Test
    void aRowThatWasNeverFilledIsNotExplainedByIt() throws SQLException {
        database.execute(
                "SET turnout.backfill = 'on'; " + Clinic.insert("service, \"preferredTime\"", "'LIFTING', '10:00'"));
        assertThat(differing()).isEqualTo("1");
    }

    @Test
    void goingBackWouldLoseItSoTheRowIsNamed() throws SQLException {
        assertThat(Clinic.drive(new Rollback(), site))
                .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                        .singleElement()
                        .asString()
                        .contains("{\"id\": 1}"));
    }
}
