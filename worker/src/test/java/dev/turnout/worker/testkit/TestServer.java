package dev.turnout.worker.testkit;

import dev.turnout.worker.embedded.EmbeddedMysql;
import dev.turnout.worker.embedded.EmbeddedPostgres;
import dev.turnout.worker.embedded.Postgres14;
import dev.turnout.worker.jdbc.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The servers of the tests, each started at its first use, once per test JVM, and deleted when that ends. With
 * {@code -Dturnout.test.mysql.url=jdbc:mysql://…} (and {@code .user}, {@code .password}) a server of yours is used
 * instead of the one called mysql; its user must be allowed everything. Thread-safe.
 */
public final class TestServer {
    private static final String KIT = "the test kit";
    private static final AtomicInteger count = new AtomicInteger();

    public static final TestServer POSTGRES_18 = new TestServer("postgres", "postgres", () -> {
        EmbeddedPostgres server = EmbeddedPostgres.throwAway();
        atTheEnd(server::close);
        return server.settings("postgres", "postgres", KIT);
    });
    /** The oldest that the engine works with. */
    public static final TestServer POSTGRES_14 = new TestServer("postgres14", "postgres", () -> {
        EmbeddedPostgres server = Postgres14.throwAway();
        atTheEnd(server::close);
        return server.settings("postgres", "postgres", KIT);
    });

    public static final TestServer MYSQL = new TestServer("mysql", "root", () -> {
        EmbeddedMysql server = EmbeddedMysql.mysql();
        atTheEnd(server::close);
        return server.settings("mysql", "", KIT);
    });
    /** Only in tests with the tag {@code mariadb}, which run with the Maven profile of that name. */
    public static final TestServer MARIADB = new TestServer("mariadb", "root", () -> {
        EmbeddedMysql server = EmbeddedMysql.mariadb();
        atTheEnd(server::close);
        return server.settings("mariadb", "", KIT);
    });

    @FunctionalInterface
    private interface Start {
        ConnectionSettings settings() throws IOException;
    }

    private final String name;
    private final String usualUser;
    private final Start start;
    private @Nullable ConnectionSettings settings;

    private TestServer(String name, String usualUser, Start start) {
        this.name = name;
        this.usualUser = usualUser;
        this.start = start;
    }

    /** An empty database with a name of its own; dropped when closed. */
    public TestDatabase newDatabase() throws SQLException {
        String name = "test_" + ProcessHandle.current().pid() + "_" + count.incrementAndGet();
        return TestDatabase.create(settings(), name);
    }

    /** The administrative access to the server, with which databases are made. */
    public synchronized ConnectionSettings settings() {
        if (settings == null) {
            settings = given();
        }
        return settings;
    }

    private ConnectionSettings given() {
        String property = "turnout.test." + name;
        String url = System.getProperty(property + ".url", "");
        if (url.isEmpty()) {
            try {
                return start.settings();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        String user = System.getProperty(property + ".user", usualUser);
        String password = System.getProperty(property + ".password", "");
        return new ConnectionSettings(name, url, user, password, "-D" + property + ".url");
    }

    private static void atTheEnd(Runnable close) {
        Runtime.getRuntime().addShutdownHook(new Thread(close, "stop a test server"));
    }
}
