package dev.turnout.worker.testkit;

import dev.turnout.worker.embedded.EmbeddedPostgres;
import dev.turnout.worker.jdbc.ConnectionSettings;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One PostgreSQL per test JVM, stopped and deleted when it ends. {@code -Dturnout.test.postgres.url=jdbc:postgresql://…}
 * (with {@code .user} and {@code .password}) uses a server of yours instead; its user must be a superuser. Thread-safe.
 */
public final class TestPostgres {
    private static final String PROPERTY = "turnout.test.postgres.url";
    private static final AtomicInteger count = new AtomicInteger();

    private TestPostgres() {}

    /** An empty database with a name of its own; dropped when closed. */
    public static TestDatabase newDatabase() throws SQLException {
        String name = "test_" + ProcessHandle.current().pid() + "_" + count.incrementAndGet();
        return TestDatabase.create(server(), name);
    }

    /** The administrative database of the server, with which others are made. */
    static ConnectionSettings server() {
        String url = System.getProperty(PROPERTY, "");
        if (url.isEmpty()) {
            return Started.SERVER.settings("postgres", "postgres", "the test kit");
        }
        return new ConnectionSettings(
                "postgres",
                url,
                System.getProperty("turnout.test.postgres.user", "postgres"),
                System.getProperty("turnout.test.postgres.password", ""),
                "-D" + PROPERTY);
    }

    private static final class Started {
        static final EmbeddedPostgres SERVER = EmbeddedPostgres.throwAway();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close, "stop test PostgreSQL"));
        }
    }
}
