package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.demo.Audit.Findings;
import dev.turnout.server.demo.Audit.Sides;
import dev.turnout.worker.testkit.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
    private static final int ROWS = 300;

    private final TestDatabase clinic;
    private final Ledger ledger;

    /** A hospital that has both sides. */
    AuditTest(@TempDir Path folder) throws SQLException, IOException {
        clinic = Clinic.legacy(ROWS);
        Clinic.expand(clinic);
        Clinic.fill(clinic);
        ledger = Ledger.open(folder.resolve("ledger"));
    }

    @AfterEach
    void close() throws SQLException, IOException {
        ledger.close();
        clinic.close();
    }

    private Findings audit(Sides sides) throws SQLException {
        return Audit.of(clinic.dataSource(), ledger, sides);
    }

    private Booking loaded(long id) throws SQLException {
        try (Connection connection = clinic.connect()) {
            String patient = clinic.one("SELECT patient FROM demo.loaded WHERE id = ?", id);
            return Hospital.loaded(connection, patient, id);
        }
    }

    @Test
    void a_hospital_nobody_wrote_to_is_clean_on_each_side() throws SQLException {
        for (Sides sides : Sides.values()) {
            Findings findings = audit(sides);
            assertThat(findings.clean()).as(findings.examples().toString()).isTrue();
            assertThat(findings.rows()).isEqualTo(ROWS);
        }
    }

    @Test
    void finds_what_was_lost_resurrected_or_changed() throws SQLException {
        ledger.acknowledge(ledger.intend(10, Optional.empty())); // withdrawn, yet still there
        ledger.acknowledge(ledger.intend(11, Optional.of(loaded(11).inState(Booking.CANCELLED))));
        clinic.execute("UPDATE reservations SET status = 'PENDING' WHERE id = 11");
        clinic.execute("DELETE FROM reservations WHERE id = 12");
        ledger.acknowledge(ledger.intend(ROWS + 1, Optional.of(loaded(13)))); // promised, never written
        clinic.execute(
                "UPDATE reservations SET service = CASE service WHEN 'LIFTING' THEN 'ACNE_CARE' ELSE 'LIFTING' END::\"ServiceType\" WHERE id = 14",
                "UPDATE reservations SET \"serviceName\" = NULL WHERE id = 15",
                "UPDATE reservations SET period = NULL WHERE id = (SELECT min(id) FROM reservations WHERE id > 15 AND period IS NOT NULL)",
                "INSERT INTO reservations SELECT (jsonb_populate_record(r, '{\"id\": 9999}')).* FROM reservations r WHERE id = 20");

        Findings both = audit(Sides.BOTH);
        assertThat(both.toString()).isEqualTo("lost 2, resurrected 3, differing 3");
        assertThat(both.rows()).isEqualTo(ROWS + 2);
        assertThat(audit(Sides.OLD).differing()).isEqualTo(1);
        assertThat(audit(Sides.NEW).differing()).isEqualTo(2);
    }

    @Test
    void a_write_whose_fate_is_unknown_may_have_happened_or_not() throws SQLException {
        Booking next = loaded(10).inState("NO_SHOW");
        ledger.intend(10, Optional.of(next));
        assertThat(audit(Sides.BOTH).clean()).isTrue();
        clinic.execute("UPDATE reservations SET status = 'NO_SHOW' WHERE id = 10");
        assertThat(audit(Sides.BOTH).clean()).isTrue();
        clinic.execute("UPDATE reservations SET status = 'PENDING' WHERE id = 10");
        String was = loaded(10).state();
        assertThat(audit(Sides.BOTH).differing()).isEqualTo(was.equals("PENDING") ? 0 : 1);
    }

    @Test
    void each_code_writes_and_reads_its_own_side_and_never_the_other() throws SQLException {
        LocalDate date = LocalDate.of(2026, 4, 7);
        Booking wish = new Booking("P0000007", date, "LIFTING", "오후 2:30", Booking.PENDING);
        clinic.execute(
                "ALTER TABLE reservations ALTER service DROP NOT NULL, ALTER \"preferredTime\" DROP NOT NULL",
                "TRUNCATE reservations");
        try (Connection connection = clinic.connect()) {
            for (Arm arm : Arm.values()) {
                BookingCode code = arm.code();
                long id = arm == Arm.OLD ? 1000 : 1001;
                code.create(connection, id, code.created(wish), Hospital.START);
                code.move(connection, id, code.moved(wish, date, "ACNE_CARE", "anytime"), Hospital.START);
                code.move(connection, id, code.moved(wish, date, "ACNE_CARE", "2pm"), Hospital.START);
                code.putInState(connection, id, Booking.CONFIRMED, Hospital.START);
            }
            assertThat(Arm.OLD.code().moved(wish, date, "ACNE_CARE", "2pm").time())
                    .isEqualTo("2pm");
            assertThat(Arm.NEW.code().moved(wish, date, "ACNE_CARE", "2pm").time())
                    .isEqualTo("오후 2:30");
            assertThat(Arm.NEW.code().moved(wish, date, "ACNE_CARE", "저녁").time())
                    .isEqualTo("18:00");
            assertThat(clinic.query("""
                            SELECT id, service, "preferredTime", "serviceId", "serviceName", "estimatedDuration", period, status
                            FROM reservations ORDER BY id"""))
                    .containsExactly(
                            "1000|ACNE_CARE|2pm|NULL|NULL|NULL|NULL|CONFIRMED",
                            "1001|NULL|NULL|5|여드름 관리|60|AFTERNOON|CONFIRMED");
            Arm.OLD.code().withdraw(connection, 1000);
            assertThat(Arm.NEW.code().reservations(connection, "P0000007"))
                    .singleElement()
                    .matches(seen -> seen.shows(
                            Arm.NEW.code().moved(wish, date, "ACNE_CARE", "2pm").inState(Booking.CONFIRMED)));
        }
    }
}
