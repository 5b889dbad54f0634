package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.Promises;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.Writers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Books, changes and withdraws reservations; each patient sees one side at a time. */
final class HospitalDesk implements KilledWorker.Application, AutoCloseable {
    private static final int DESKS = 3;
    private static final int SEATS = 300;
    /** Above the sample's ids. */
    private static final long FIRST = 10_000_000;

    private static final List<String> SERVICES =
            List.of("WRINKLE_BOTOX", "VOLUME_FILLER", "SKIN_LASER", "LIFTING", "ACNE_CARE", "HAIR_REMOVAL");
    private static final List<String> PERIODS = List.of("MORNING", "AFTERNOON", "EVENING");
    private static final List<String> HOURS = List.of("09:00", "12:00", "18:00");

    private static final String OLD_INSERT = """
            INSERT INTO reservations ("patientId", patient_name, phone, birth_date, gender, treatment_type, "preferredDate",
                                      id, service, "preferredTime")
            VALUES ('D', 'D', '010', '1990-01-01', 'F', 'FIRST_VISIT', '2026-01-06', ?, ?::"ServiceType", ?)""";
    private static final String NEW_INSERT = """
            INSERT INTO reservations ("patientId", patient_name, phone, birth_date, gender, treatment_type, "preferredDate",
                                      id, "serviceId", "serviceName", "estimatedDuration", period)
            SELECT 'D', 'D', '010', '1990-01-01', 'F', 'FIRST_VISIT', '2026-01-06', ?, s.id, s.name, s.minutes, ?::period
            FROM services s WHERE s.code = ?""";
    private static final String OLD_UPDATE =
            "UPDATE reservations SET service = ?::\"ServiceType\", \"preferredTime\" = ? WHERE id = ?";
    private static final String NEW_UPDATE = """
            UPDATE reservations SET "serviceId" = s.id, "serviceName" = s.name, "estimatedDuration" = s.minutes,
                   period = ?::period
            FROM services s WHERE s.code = ? AND reservations.id = ?""";

    private final TestDatabase clinic;
    private final Promises promises = new Promises();
    private final Writers writers;
    private volatile int weight;

    HospitalDesk(TestDatabase clinic) {
        this.clinic = clinic;
        this.writers = new Writers(DESKS, Duration.ofMillis(3), clinic::connect, this::serve);
    }

    private void serve(Connection connection, int desk, Random random) throws SQLException {
        long id = FIRST + desk + (long) DESKS * random.nextInt(SEATS);
        String row = Long.toString(id);
        if (!promises.settled(row)) {
            return;
        }
        // The number stands for the patient's bucket.
        boolean newSide = id * 7919 % 100_000 < weight;
        String service = SERVICES.get(random.nextInt(SERVICES.size()));
        int period = random.nextInt(PERIODS.size());
        Optional<String> value = Optional.of(service + " " + PERIODS.get(period));
        if (promises.value(row).isEmpty()) {
            promises.write(
                    row,
                    value,
                    () -> newSide
                            ? TestDatabase.update(connection, NEW_INSERT, id, PERIODS.get(period), service)
                            : TestDatabase.update(connection, OLD_INSERT, id, service, HOURS.get(period)));
        } else if (random.nextInt(4) == 0) {
            promises.write(
                    row,
                    Optional.empty(),
                    () -> TestDatabase.update(connection, "DELETE FROM reservations WHERE id = ?", id));
        } else {
            promises.write(
                    row,
                    value,
                    () -> newSide
                            ? TestDatabase.update(connection, NEW_UPDATE, PERIODS.get(period), service, id)
                            : TestDatabase.update(connection, OLD_UPDATE, service, HOURS.get(period), id));
        }
    }

    @Override
    public void ramp(int to) throws Exception {
        writers.atRest(() -> weight = to);
    }

    @Override
    public void bothSides() throws Exception {
        writers.atRest(() -> {
            assertThat(promises.brokenBy(newSide())).isEmpty();
            assertThat(promises.brokenBy(oldSide())).isEmpty();
            assertThat(clinic.one("SELECT count(*) FROM reservations r LEFT JOIN services s ON s.id = r.\"serviceId\""
                            + " WHERE s.code IS DISTINCT FROM r.service::text"
                            + " OR period_of(r.\"preferredTime\") IS DISTINCT FROM r.period"))
                    .isEqualTo("0");
            return 0;
        });
    }

    Map<String, String> newSide() throws SQLException {
        return rows(
                "SELECT r.id, s.code || ' ' || r.period FROM reservations r JOIN services s ON s.id = r.\"serviceId\""
                        + " WHERE r.id >= ?");
    }

    Map<String, String> oldSide() throws SQLException {
        return rows("SELECT id, service::text || CASE \"preferredTime\" WHEN '09:00' THEN ' MORNING'"
                + " WHEN '12:00' THEN ' AFTERNOON' WHEN '18:00' THEN ' EVENING' END FROM reservations WHERE id >= ?");
    }

    private Map<String, String> rows(String sql) throws SQLException {
        return clinic.byKey(sql, FIRST);
    }

    /** Stops every desk. */
    Promises promises() throws Exception {
        writers.stop();
        return promises;
    }

    @Override
    public void close() {
        writers.close();
    }
}
