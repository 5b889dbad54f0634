package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Analysis;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HospitalSpecTest {
    private final Spec spec = SpecReader.read(Hospital.bundle()).orThrow();

    @Test
    void every_format_of_the_sample_has_a_rule_and_every_rule_a_value() throws SQLException {
        Analysis analysis = spec.analyses().get(0);
        try (TestDatabase clinic = Clinic.legacy(20_000)) {
            String covered = "\"preferredTime\" ~ ANY (?)";
            List<String> patterns = new ArrayList<>(analysis.formats().values());
            patterns.add(analysis.unplaced().orElseThrow().pattern());
            assertThat(clinic.query("SELECT DISTINCT \"preferredTime\" FROM reservations WHERE NOT " + covered, (Object)
                            patterns.toArray(new String[0])))
                    .isEmpty();
            for (Map.Entry<String, String> rule : analysis.formats().entrySet()) {
                assertThat(clinic.one(
                                "SELECT count(*) > 0 FROM reservations WHERE \"preferredTime\" ~ ?", rule.getValue()))
                        .as(rule.getKey())
                        .isEqualTo("t");
            }
        }
    }

    @Test
    void the_assertions_hold_over_a_filled_hospital_and_see_each_kind_of_damage() throws SQLException {
        try (TestDatabase clinic = Clinic.legacy(2_000)) {
            Clinic.expand(clinic);
            Clinic.fill(clinic);
            assertThat(broken(clinic)).isEmpty();
            clinic.execute(
                    "UPDATE reservations SET \"serviceId\" = 1 + \"serviceId\" % 6 WHERE id = 1",
                    "UPDATE reservations SET \"serviceName\" = NULL WHERE id = 2",
                    "INSERT INTO services VALUES (7, 'TATTOO_REMOVAL', '문신 제거', 30)",
                    "UPDATE reservations SET period = NULL WHERE id % 10 = 0");
            assertThat(broken(clinic))
                    .containsExactly(
                            "every reservation keeps its service",
                            "every reservation is complete",
                            "every service code is an enum value, every enum value a service",
                            "at least 95 % have a period");
            clinic.execute("UPDATE reservations SET period = 'MORNING'");
            assertThat(broken(clinic)).contains("the periods are not all one");
        }
    }

    private List<String> broken(TestDatabase clinic) throws SQLException {
        List<String> names = new ArrayList<>();
        for (var assertion : spec.assertions()) {
            if (!clinic.query(((Assertion.NoRow) assertion).rows()).isEmpty()) {
                names.add(assertion.name());
            }
        }
        return names;
    }

    @Test
    void says_what_the_scenario_asks_for() {
        assertThat(spec.rollout().steps())
                .extracting(step -> step.to() + " " + step.soak())
                .containsExactly("5% PT24H", "25% PT48H", "50% PT48H", "100% PT168H");
        assertThat(spec.monitors()).hasSize(3).allMatch(monitor -> monitor.young()
                .equals(Duration.ofMinutes(1)));
        assertThat(spec.contract().stable()).isEqualTo(Duration.ofDays(14));
        assertThat(spec.contract().approved()
                        && spec.contract().backup()
                        && spec.contract().noOpenIncident())
                .isTrue();
        assertThat(spec.contract().steps())
                .extracting(step -> step.irreversible())
                .containsExactly(false, true);
    }
}
