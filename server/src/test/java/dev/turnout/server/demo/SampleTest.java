package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final String CONTENT = "SELECT md5(string_agg(r::text, '' ORDER BY id)) FROM reservations r";

    @Test
    void is_the_same_every_time() throws SQLException {
        try (TestDatabase one = Clinic.legacy(3_000);
                TestDatabase other = Clinic.legacy(3_000)) {
            assertThat(one.one(CONTENT)).isEqualTo(other.one(CONTENT)).isEqualTo("cb518ccb712ddb76b32c81582473943e");
            assertThat(one.one("SELECT count(*), max(id), max(\"createdAt\") = TIMESTAMPTZ '" + Hospital.START
                            + "', nextval(pg_get_serial_sequence('reservations', 'id')) FROM reservations"))
                    .isEqualTo("3000|3000|t|3001");
        }
    }

    @Test
    void writes_times_in_every_way_and_two_to_four_percent_that_cannot_be_placed() throws SQLException {
        try (TestDatabase clinic = Clinic.legacy(20_000)) {
            Clinic.expand(clinic);
            Clinic.fill(clinic);
            List<String> times = clinic.query("SELECT DISTINCT \"preferredTime\" FROM reservations");
            assertThat(times)
                    .contains("10:00", "14:30", "오전 10시", "오후 2:30", "AM 9:30", "2pm", "morning", "저녁", "anytime", "");
            assertThat(clinic.one("SELECT 100.0 * count(*) FILTER (WHERE period IS NULL) / count(*) BETWEEN 2 AND 4,"
                            + " count(DISTINCT period), count(DISTINCT service) FROM reservations"))
                    .isEqualTo("t|3|6");
        }
    }

    @Test
    void the_ledger_and_the_migration_place_every_time_alike() throws SQLException {
        try (TestDatabase clinic = Clinic.legacy(20_000)) {
            Clinic.expand(clinic);
            for (String row : clinic.query(
                    "SELECT DISTINCT coalesce(period_of(\"preferredTime\")::text, '-'), \"preferredTime\" FROM reservations")) {
                String[] parts = row.split("\\|", -1);
                assertThat(Period.of(parts[1]).map(Enum::name).orElse("-"))
                        .as(parts[1])
                        .isEqualTo(parts[0]);
            }
            for (Period period : Period.values()) {
                assertThat(clinic.one("SELECT first_hour(CAST(? AS period))", period.name()))
                        .isEqualTo(period.firstHour());
            }
        }
    }

    @Test
    void the_way_back_of_the_expansion_leaves_nothing() throws SQLException {
        try (TestDatabase clinic = Clinic.legacy(10)) {
            String objects = "SELECT count(*) FROM pg_depend WHERE refobjid = 'public'::regnamespace";
            String before = clinic.one(objects);
            clinic.execute(Hospital.file("services.sql"), Hospital.file("services.undo.sql"));
            assertThat(clinic.one(objects)).isEqualTo(before);
        }
    }
}
