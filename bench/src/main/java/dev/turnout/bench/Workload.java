package dev.turnout.bench;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Reading;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.testkit.Migrations;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Map;

/**
 * A migration with as many rows as wanted, whose keys are 1, 2, 3 and so on. The two of the same-table shape are shipped
 * reference migrations; a transfer within one MySQL server has not been measured.
 */
enum Workload {
    RESERVATIONS(
            "postgresql",
            "same-table",
            "reservations",
            "UPDATE reservations SET \"preferredTime\" = '14:30', \"updatedAt\" = now() WHERE id = ?") {
        @Override
        Bundle bundle() {
            return Migrations.bundle("dynamic-services");
        }

        @Override
        void fill(TestDatabase database, long rows) throws SQLException {
            database.execute(
                    Migrations.file("dynamic-services", "legacy.sql"),
                    "SET turnout.rows = " + rows + ";" + Migrations.file("dynamic-services", "sample.sql"),
                    "VACUUM (ANALYZE, FREEZE) reservations");
        }
    },

    /** As the sample of the migration: most rows have a number in the column of UIDs, a few a UID, the rest neither. */
    APPOINTMENTS(
            "mysql",
            "same-table",
            "appointments",
            "UPDATE appointments SET calcom_v2_booking_id = CAST(9000000 + id AS CHAR), updated_at = now() WHERE id = ?") {
        @Override
        Bundle bundle() {
            return Migrations.bundle("booking-ids");
        }

        @Override
        void fill(TestDatabase database, long rows) throws SQLException {
            database.execute(
                    Migrations.file("booking-ids", "legacy.sql"),
                    "SET SESSION cte_max_recursion_depth = " + rows + ";" + """
                    INSERT INTO appointments (id, calcom_v2_booking_id, source, created_at, updated_at)
                    WITH RECURSIVE n AS (SELECT 1 AS id UNION ALL SELECT id + 1 FROM n WHERE id <\s""" + rows + """
                    )
                    SELECT id, CASE WHEN id % 20 < 16 THEN CAST(11240000 + id AS CHAR)
                                    WHEN id % 20 = 16 THEN concat('kQ7pZ2mVtRx9Lw', hex(id)) END,
                           CASE id % 3 WHEN 0 THEN 'phone' WHEN 1 THEN 'app' ELSE 'cal.com' END,
                           '2025-09-01 08:00:00', '2025-09-02 09:30:00'
                    FROM n""",
                    "ANALYZE TABLE appointments");
        }
    },

    CUSTOMERS("postgresql", "transfer", "people", "UPDATE customers SET name = name || '!' WHERE id = ?") {
        @Override
        Bundle bundle() {
            return new Bundle("migration.yaml", Map.of("migration.yaml", read(OWN + "customers/migration.yaml")));
        }

        @Override
        void fill(TestDatabase database, long rows) throws SQLException {
            database.execute(
                    read(OWN + "customers/legacy.sql"), """
                    INSERT INTO customers
                    SELECT n, 1 + n % 500, CASE WHEN n % 7 > 0 THEN 1 + n % 500 END, 'Customer ' || n,
                           'Customer.' || n || '@Example.org', '+49 30 ' || n, TIMESTAMP '2025-09-01 08:00:00'
                    FROM generate_series(1,\s""" + rows + ") AS n", "VACUUM (ANALYZE, FREEZE) customers");
        }
    };

    private static final String OWN = "/dev/turnout/bench/";

    private final String product;
    private final String shape;
    private final String target;
    private final String write;

    Workload(String product, String shape, String target, String write) {
        this.product = product;
        this.shape = shape;
        this.target = target;
        this.write = write;
    }

    /** The spec and its files. */
    abstract Bundle bundle();

    /** The schema before and its rows. */
    abstract void fill(TestDatabase database, long rows) throws SQLException;

    TestServer server() {
        return product.equals("mysql") ? TestServer.MYSQL : TestServer.POSTGRES_18;
    }

    /** As the command line names it. */
    String product() {
        return product;
    }

    /** As the command line names it. */
    String shape() {
        return shape;
    }

    /** The table with the new columns, whose key is {@code id}. */
    String target() {
        return target;
    }

    /** What an application does to the one row with the id {@code ?}. */
    String write() {
        return write;
    }

    Spec spec() {
        Reading reading = SpecReader.read(bundle());
        if (reading instanceof Reading.Accepted accepted) {
            return accepted.spec();
        }
        throw new IllegalStateException(reading.toString());
    }

    private static String read(String file) {
        try (InputStream in = Workload.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return product + ", " + shape;
    }
}
