package dev.turnout.server.demo;

import dev.turnout.migration.Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** The hospital as it is before anything moves: its schema, its reservations, and a copy of them for the ledger. */
final class Hospital {
    /** Business time at which the sample's last reservation was made. */
    static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    static final LocalDate OPENS = LocalDate.of(2026, 4, 1);
    static final int SLOTS = 11;

    /** What the services must be called afterwards, written apart from the migration on purpose. */
    static final List<Service> SERVICES = List.of(
            new Service("WRINKLE_BOTOX", "주름 보톡스", 30),
            new Service("VOLUME_FILLER", "볼륨 필러", 40),
            new Service("SKIN_LASER", "피부 레이저", 50),
            new Service("LIFTING", "리프팅", 90),
            new Service("ACNE_CARE", "여드름 관리", 60),
            new Service("HAIR_REMOVAL", "레이저 제모", 45));

    private static final String FOLDER = "/dev/turnout/sql/migrations/dynamic-services/";

    private static final List<String> SPEC_FILES = List.of(
            "migration.yaml",
            "services.sql",
            "services.undo.sql",
            "new-index.sql",
            "new-index.undo.sql",
            "drop-old.sql");

    record Service(String code, String name, int minutes) {
        static Service of(String code) {
            return SERVICES.stream()
                    .filter(service -> service.code().equals(code))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("the hospital has no service " + code));
        }
    }

    private Hospital() {}

    static String patient(long number) {
        return String.format("P%07d", number);
    }

    /** As many as the sample has. */
    static long patients(long rows) {
        return Math.max(rows / 5, 50);
    }

    /** The spec and every file that it names. */
    static Bundle bundle() {
        Map<String, String> files = new HashMap<>();
        for (String name : SPEC_FILES) {
            files.put(name, file(name));
        }
        return new Bundle("migration.yaml", files);
    }

    /**
     * The spec as the demo runs it: its hours pass in fractions of a second, but the rows are compared in real time, so a
     * comparison may be a week old instead of a day.
     */
    static Bundle hurriedBundle() {
        Map<String, String> files = new HashMap<>(bundle().files());
        String day = "max age: 24h";
        String spec = files.getOrDefault("migration.yaml", "");
        if (!spec.contains(day)) {
            throw new IllegalStateException("the spec no longer says '" + day + "'");
        }
        files.put("migration.yaml", spec.replace(day, "max age: 7d"));
        return new Bundle("migration.yaml", files);
    }

    /** A file of the migration. */
    static String file(String name) {
        try (InputStream in = Hospital.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException(FOLDER + name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fills an empty database, in one transaction: it is loaded wholly or not at all. */
    static void load(DataSource database, long rows) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SET LOCAL turnout.rows = " + rows);
            statement.execute(file("legacy.sql"));
            statement.execute(file("sample.sql"));
            statement.execute("CREATE SCHEMA demo");
            statement.execute("""
                    CREATE TABLE demo.loaded AS SELECT id, "patientId" AS patient, "preferredDate" AS date,
                      service::text AS service, "preferredTime" AS time, status::text AS state FROM reservations""");
            statement.execute("ALTER TABLE demo.loaded ADD PRIMARY KEY (id)");
            statement.execute("ANALYZE demo.loaded");
            connection.commit();
        }
    }

    /** True once {@link #load} has committed. */
    static boolean isLoaded(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT to_regclass('demo.loaded') IS NOT NULL")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /**
     * What was loaded.
     *
     * @throws SQLException also when the patient had no such reservation
     */
    static Booking loaded(Connection connection, String patient, long id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT patient, date, service, time, state FROM demo.loaded WHERE id = ?")) {
            query.setLong(1, id);
            try (ResultSet row = query.executeQuery()) {
                if (!row.next() || !row.getString("patient").equals(patient)) {
                    throw new SQLException("nobody ever promised " + patient + " the reservation " + id);
                }
                return booking(row);
            }
        }
    }

    /** From columns {@code patient, date, service, time, state}. */
    static Booking booking(ResultSet row) throws SQLException {
        return new Booking(
                row.getString("patient"),
                row.getObject("date", LocalDate.class),
                row.getString("service"),
                row.getString("time"),
                row.getString("state"));
    }
}
