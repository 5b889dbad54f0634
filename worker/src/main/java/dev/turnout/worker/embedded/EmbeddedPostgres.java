package dev.turnout.worker.embedded;

import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Identifiers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;

/**
 * A private PostgreSQL, started from a Maven artifact: nothing to install. It listens on 127.0.0.1 only, and every login
 * needs the superuser's password, which is made up at random and kept (mode 0600) in the data directory. Thread-safe.
 *
 * <p>After {@code kill -9} of this process the server goes on by itself; the next start in the same directory stops it
 * first. A server of somebody else is never adopted, and no process but our own server is ever signalled. Whoever starts
 * must close: nothing is hooked into the end of the JVM, so that the owner decides the order.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Duration LOGIN_TIMEOUT = Duration.ofSeconds(10);
    /** A free port can be taken by somebody else before the server binds it. */
    private static final int PORT_ATTEMPTS = 3;

    private final DataDirectory directory;
    private final Server server;
    private final int port;
    private final String password;
    private final boolean kept;

    private EmbeddedPostgres(DataDirectory directory, Server server, int port, String password, boolean kept) {
        this.directory = directory;
        this.server = server;
        this.port = port;
        this.password = password;
        this.kept = kept;
    }

    /** Where the programs come from. */
    @FunctionalInterface
    interface Source {
        Binaries under(Path cache) throws IOException;
    }

    /**
     * Starts a durable server in a directory that is kept, made when absent.
     *
     * @param port on loopback; 0 takes a free one
     * @throws EmbeddedPostgresFailed when the directory is in use, the port is taken or the server does not start
     */
    public static EmbeddedPostgres keep(Path dataDirectory, int port) {
        try {
            DataDirectory directory = DataDirectory.tryTake(dataDirectory)
                    .orElseThrow(() -> new EmbeddedPostgresFailed("the data directory " + dataDirectory
                            + " is in use by another running Turnout: stop that one or choose another directory"));
            return start(directory, Binaries::under, port, Settings.DURABLE, true);
        } catch (IOException e) {
            throw new EmbeddedPostgresFailed("cannot use the data directory " + dataDirectory + ": " + e, e);
        }
    }

    /** Starts a server for tests: it syncs nothing, takes a free port and is deleted when closed. */
    public static EmbeddedPostgres throwAway() {
        return throwAway(Binaries::under);
    }

    /** As {@link #throwAway()}, of another version. */
    static EmbeddedPostgres throwAway(Source source) {
        try {
            Path parent = Files.createDirectories(Cache.directory().resolve("throw-away"));
            Leftovers.sweep(parent);
            DataDirectory directory = DataDirectory.tryTake(
                            parent.resolve(UUID.randomUUID().toString()))
                    .orElseThrow(() -> new AssertionError("a random name was taken"));
            return start(directory, source, 0, Settings.THROW_AWAY, false);
        } catch (IOException e) {
            throw new EmbeddedPostgresFailed("cannot start a throw-away PostgreSQL: " + e, e);
        }
    }

    private static EmbeddedPostgres start(
            DataDirectory directory, Source source, int wantedPort, Settings settings, boolean kept)
            throws IOException {
        try {
            Server server = new Server(source.under(Cache.directory()));
            directory.clearLeftovers();
            directory.initialise(server);
            settings.write(directory.path());
            String password = directory.password();
            int port = startOnSomePort(server, directory, wantedPort);
            EmbeddedPostgres started = new EmbeddedPostgres(directory, server, port, password, kept);
            started.proveOursOrStop();
            return started;
        } catch (IOException | RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    private static int startOnSomePort(Server server, DataDirectory directory, int wanted) throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = Server.freePort(wanted);
            try {
                server.start(directory.path(), port);
                return port;
            } catch (EmbeddedPostgresFailed e) {
                if (wanted != 0 || attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** The password alone would tell a stranger; the directory says it in so many words. */
    private void proveOursOrStop() throws IOException {
        String answers;
        try (Connection connection = connect();
                Statement show = connection.createStatement();
                ResultSet row = show.executeQuery("SHOW data_directory")) {
            row.next();
            answers = row.getString(1);
        } catch (SQLException e) {
            server.stop(directory.path());
            throw new EmbeddedPostgresFailed(
                    "the PostgreSQL in " + directory.path() + " cannot be used on port " + port + ": " + e.getMessage(),
                    e);
        }
        if (!Files.isSameFile(Path.of(answers), directory.path())) {
            server.stop(directory.path());
            throw new EmbeddedPostgresFailed(
                    "on port " + port + " answers a PostgreSQL of " + answers + ", not the one of " + directory.path());
        }
    }

    public int port() {
        return port;
    }

    public Path dataDirectory() {
        return directory.path();
    }

    public String user() {
        return Server.USER;
    }

    public String password() {
        return password;
    }

    /** JDBC URL, without credentials. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** @param setting what led to this server, for messages */
    public ConnectionSettings settings(String name, String database, String setting) {
        return new ConnectionSettings(name, url(database), user(), password, setting);
    }

    /** Makes the database unless it is there. */
    public void createDatabase(String database) throws SQLException {
        try (Connection connection = connect()) {
            if (!exists(connection, database)) {
                try (Statement create = connection.createStatement()) {
                    create.execute("CREATE DATABASE " + Identifiers.quote(database));
                }
            }
        }
    }

    private static boolean exists(Connection connection, String database) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
            query.setString(1, database);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    private Connection connect() throws SQLException {
        String url = url("postgres") + "?connectTimeout=" + LOGIN_TIMEOUT.toSeconds() + "&socketTimeout=60";
        return DriverManager.getConnection(url, user(), password);
    }

    /** Ends all sessions and stops the server; a throw-away one is deleted. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (!directory.held()) {
            return;
        }
        try (directory) {
            server.stop(directory.path());
            if (!kept) {
                directory.delete();
            }
        } catch (IOException e) {
            throw new EmbeddedPostgresFailed("PostgreSQL in " + directory.path() + " did not stop in order: " + e, e);
        }
    }

    @Override
    public String toString() {
        return "PostgreSQL on port " + port + " in " + directory.path();
    }
}
