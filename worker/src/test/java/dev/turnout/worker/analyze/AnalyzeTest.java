package dev.turnout.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.Clinic;
import dev.turnout.worker.testkit.TestDatabase;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnalyzeTest {
    private TestDatabase database;
    private Site site;

    @BeforeEach
    void expanded() throws SQLException {
        database = Clinic.open();
        site = Clinic.site(Clinic.spec(), database, 1);
        Bookkeeping.enter(site);
        Clinic.drive(new Expand(), site);
        for (String time : List.of("10:30", "9:00", "10:30", "오전 10시", "anytime")) {
            Clinic.book(database, "LIFTING", time);
        }
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    @Test
    void theDistributionOfFormatsAndTheLossOfTheWayBackAreReported() throws SQLException {
        assertThat(new Analyze().stride(site)).isInstanceOfSatisfying(Stride.Done.class, done -> {
            assertThat(done.report().get("columns"))
                    .isEqualTo(List.of(Map.of(
                            "column",
                            "reservations.preferredTime",
                            "rows",
                            5L,
                            "formats",
                            List.of(
                                    format("clock", 3, "60.00", List.of("10:30", "9:00")),
                                    format("korean", 1, "20.00", List.of("오전 10시")),
                                    format("unplaced", 1, "20.00", List.of("anytime"))))));
            assertThat(done.report().get("lossiness")).asString().contains("service={", "differing=0", "differing=4");
        });
    }

    private static Map<String, Object> format(String name, long count, String percent, List<String> examples) {
        return Map.of(
                "format", name,
                "covered", true,
                "count", count,
                "percent", new BigDecimal(percent),
                "examples", examples);
    }

    @Test
    void everyFormatWithoutARuleIsNamedWithItsCountAndExamples() throws SQLException {
        for (String time : List.of("half 9", "half 7", "half 7", "tja 8", "점심 때")) {
            Clinic.book(database, "LIFTING", time);
        }
        assertThat(new Analyze().stride(site))
                .isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(stop.problems())
                        .containsExactly(
                                "reservations.preferredTime: 3 rows (30.00 %) of the format 'aaaa 9' are covered by no rule,"
                                        + " for example 'half 7', 'half 9'",
                                "reservations.preferredTime: 1 rows (10.00 %) of the format 'aaa 9' are covered by no rule,"
                                        + " for example 'tja 8'",
                                "reservations.preferredTime: 1 rows (10.00 %) of the format 'xx x' are covered by no rule,"
                                        + " for example '점심 때'"));
    }

    @Test
    void tooManyRowsThatCannotBePlacedStopTheRun() throws SQLException {
        for (String time : List.of("", "", "anytime")) {
            Clinic.book(database, "LIFTING", time);
        }
        assertThat(new Analyze().stride(site)).isInstanceOfSatisfying(Stride.Stop.class, stop -> assertThat(
                        stop.problems())
                .containsExactly("reservations.preferredTime: 4 rows (50.00 %) cannot be placed, allowed are 40 %,"
                        + " for example '', 'anytime'"));
    }

    @Test
    void aRowThatUpCannotReadLeavesItsLossUnmeasuredAndSaysSo() throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION period_of(written text) RETURNS period LANGUAGE sql IMMUTABLE AS"
                + " $$ SELECT written::period $$");
        assertThat(new Analyze().stride(site)).isInstanceOfSatisfying(Stride.Done.class, done -> assertThat(
                        done.report().get("lossiness"))
                .asString()
                .contains("measured=false", "invalid input value for enum period"));
    }
}
