package dev.turnout.server.demo;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.sql.SQLException;

/** A small hospital in a database of its own; the new side is filled by hand. */
final class Clinic {
    static final String UP = """
            "serviceId" = (SELECT s.id FROM services s WHERE s.code = old.service::text),
            "serviceName" = (SELECT s.name FROM services s WHERE s.code = old.service::text),
            "estimatedDuration" = (SELECT s.minutes FROM services s WHERE s.code = old.service::text),
            period = period_of(old."preferredTime")""";

    private Clinic() {}

    static TestDatabase legacy(long rows) throws SQLException {
        TestDatabase database = TestPostgres.newDatabase();
        Hospital.load(database.dataSource(), rows);
        return database;
    }

    static void expand(TestDatabase database) throws SQLException {
        database.execute(Hospital.file("services.sql"), """
                ALTER TABLE reservations ADD "serviceId" integer, ADD "serviceName" text, ADD "estimatedDuration" integer,
                  ADD period period""");
    }

    static void fill(TestDatabase database) throws SQLException {
        database.execute("UPDATE reservations AS old SET " + UP);
    }
}
