package dev.turnout.worker.testkit;

import java.sql.SQLException;

/** The PostgreSQL of the tests that need just one. */
public final class TestPostgres {
    private TestPostgres() {}

    /** An empty database with a name of its own; dropped when closed. */
    public static TestDatabase newDatabase() throws SQLException {
        return TestServer.POSTGRES_18.newDatabase();
    }
}
