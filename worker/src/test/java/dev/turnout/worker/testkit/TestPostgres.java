package dev.turnout.worker.testkit;

import java.sql.SQLException;

/** The PostgreSQL of the tests that need just one: the newest, or with {@code -Dturnout.test.postgres=14} the oldest. */
public final class TestPostgres {
    private static final TestServer SERVER =
            Integer.getInteger("turnout.test.postgres", 18) == 14 ? TestServer.POSTGRES_14 : TestServer.POSTGRES_18;

    private TestPostgres() {}

    /** An empty database with a name of its own; dropped when closed. */
    public static TestDatabase newDatabase() throws SQLException {
        return SERVER.newDatabase();
    }
}
