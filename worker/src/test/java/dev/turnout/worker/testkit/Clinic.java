package dev.turnout.worker.testkit;

import dev.turnout.migration.Analysis;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.ColumnRef;
import dev.turnout.migration.Contract.ContractStep;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Move;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Mapping;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** The hospital of the flagship migration, small: its legacy schema and the parts of its spec, to be varied by a test. */
public final class Clinic {
    private static final String MINUTES = "(SELECT s.minutes FROM services s WHERE s.code = old.service::text)";

    private Clinic() {}

    /** The legacy schema, without rows. */
    public static TestDatabase open() throws SQLException {
        TestDatabase database = TestPostgres.newDatabase();
        database.execute(file("legacy.sql"));
        return database;
    }

    /** As the old application books. */
    public static void book(TestDatabase database, String service, String preferredTime) throws SQLException {
        database.execute(insert("service, \"preferredTime\"", "'" + service + "', '" + preferredTime + "'"));
    }

    /** An INSERT of one reservation with the columns that no migration touches filled in. */
    public static String insert(String columns, String values) {
        return """
                INSERT INTO reservations
                  ("patientId", patient_name, phone, birth_date, gender, treatment_type, "preferredDate", %s)
                VALUES ('P1', '김환자', '010-1', '1990-01-01', 'F', 'FIRST_VISIT', '2026-01-06', %s)""".formatted(columns, values);
    }

    public static TestSpec spec() {
        return new TestSpec()
                .expand(services(), columns())
                .analyze(times())
                .move(reservations())
                .verify(new Assertion.NoRow(
                        "every reservation keeps its service",
                        "SELECT r.id FROM reservations r JOIN services s ON s.id = r.\"serviceId\""
                                + " WHERE s.code <> r.service::text"))
                .contract(newIndex(), dropOld());
    }

    public static ExpandStep.Run services() {
        return new ExpandStep.Run(
                "services.sql",
                file("services.sql"),
                file("services.undo.sql"),
                Map.of("SELECT count(*) FROM services", "6", "SELECT count(*) FROM clinic_time_slots", "11"));
    }

    public static ExpandStep.Columns columns() {
        return new ExpandStep.Columns(
                "reservations",
                ordered("serviceId", "integer", "serviceName", "text", "estimatedDuration", "int", "period", "period"));
    }

    public static Analysis times() {
        return new Analysis(
                new ColumnRef("reservations", "preferredTime"),
                ordered("clock", "^([01]?\\d|2[0-3]):[0-5]\\d$", "korean", "^(오전|오후) \\d{1,2}시$"),
                Optional.of(new Analysis.Unplaced("^(anytime)?$", new BigDecimal("40"))));
    }

    public static Move reservations() {
        Map<String, Move.Down> down = new LinkedHashMap<>();
        down.put(
                "service",
                new Move.Down(
                        "(SELECT s.code::\"ServiceType\" FROM services s WHERE s.id = new.\"serviceId\")",
                        Optional.empty()));
        down.put("preferredTime", new Move.Down("first_hour(new.period)", Optional.of("'anytime'")));
        return new Move(
                "reservations",
                List.of("id"),
                ordered(
                        "serviceId", "(SELECT s.id FROM services s WHERE s.code = old.service::text)",
                        "serviceName", "(SELECT s.name FROM services s WHERE s.code = old.service::text)",
                        "estimatedDuration", MINUTES,
                        "period", "period_of(old.\"preferredTime\")"),
                down,
                List.of("serviceId", "serviceName", "estimatedDuration"),
                Map.of("serviceId", new ColumnRef("services", "id")),
                100);
    }

    public static ContractStep newIndex() {
        return new ContractStep(
                "new-index.sql",
                file("new-index.sql"),
                Optional.of(file("new-index.undo.sql")),
                Map.of("SELECT count(*) FROM pg_index WHERE indisvalid AND indrelid = 'reservations'::regclass", "6"),
                true,
                false);
    }

    public static ContractStep dropOld() {
        return new ContractStep(
                "drop-old.sql",
                file("drop-old.sql"),
                Optional.empty(),
                Map.of("SELECT count(*) FROM pg_type WHERE typname = 'ServiceType'", "0"),
                false,
                true);
    }

    public static Site site(TestSpec spec, TestDatabase database, long epoch) {
        return new Site(spec.spec(), 7, epoch, 0, "a worker", database.database(), new SetClock());
    }

    /** Strides until the phase ends one way or the other; a phase that only waits is a failure of the test. */
    public static Stride drive(PhaseWork work, Site site) throws SQLException {
        for (int strides = 0; strides < 100; strides++) {
            Stride stride = work.stride(site);
            if (!(stride instanceof Stride.Again)) {
                return stride;
            }
        }
        throw new AssertionError("the phase does not end");
    }

    /** As {@link #drive}, where others are at work too: what the phase waits for is waited for. */
    public static Stride driveThroughWaits(PhaseWork work, Site site) throws SQLException {
        for (int strides = 0; strides < 10_000; strides++) {
            Stride stride = work.stride(site);
            if (stride instanceof Stride.Wait wait) {
                LockSupport.parkNanos(wait.pause().toNanos());
            } else if (!(stride instanceof Stride.Again)) {
                return stride;
            }
        }
        throw new AssertionError("the phase does not end");
    }

    /** Of the migration's own directory. */
    public static String file(String name) {
        String path = "/dev/turnout/sql/migrations/dynamic-services/" + name;
        try (InputStream in = Clinic.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> ordered(String... keysAndValues) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    public static Mapping mapping(TestDatabase database, Move move) throws SQLException {
        try (Connection connection = database.connect()) {
            return Mapping.of(connection, move);
        }
    }
}
