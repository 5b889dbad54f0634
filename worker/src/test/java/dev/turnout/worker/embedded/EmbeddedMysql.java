package dev.turnout.worker.embedded;

import dev.turnout.worker.jdbc.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private MySQL or MariaDB for tests, started from a Maven artifact. It listens on 127.0.0.1 only, on a free port, and
 * does not outlive this process, however that ends: a shell waits for the end of the pipe between them. A commit
 * survives the server's death but not the machine's. Thread-safe.
 */
public final class EmbeddedMysql implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedMysql.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORT_ATTEMPTS = 3;

    /**
     * Ends with the server, and ends the server when its own input ends. A signal to the whole process group must not end
     * the guard before that: a server that is only told to stop goes on for ever once its data are deleted.
     */
    private static final String GUARDED = """
            trap '' HUP INT TERM
            exec 3<&0
            "$@" 3<&- </dev/null & server=$!
            { cat <&3 >/dev/null; kill -9 $server; } 2>/dev/null & guard=$!
            exec 3<&-
            wait $server; status=$?
            kill -9 $guard; exit $status
            """;

    private final Installation installation;
    private final DataDirectory directory;
    private final int port;
    private Process process;

    private EmbeddedMysql(Installation installation, DataDirectory directory, int port, Process process) {
        this.installation = installation;
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /** MySQL 8.0. */
    public static EmbeddedMysql mysql() {
        LinuxOnly.require("MySQL", "turnout.test.mysql.url");
        return throwAway(new MysqlCarrier());
    }

    /** MariaDB 11.4. */
    public static EmbeddedMysql mariadb() {
        LinuxOnly.require("MariaDB", "turnout.test.mariadb.url");
        return throwAway(new MariadbCarrier());
    }

    private static EmbeddedMysql throwAway(Carrier carrier) {
        try {
            Installation installation = Installation.of(carrier);
            Path parent = Files.createDirectories(Cache.directory().resolve("throw-away-mysql"));
            sweep(parent);
            DataDirectory directory = DataDirectory.tryTake(
                            parent.resolve(UUID.randomUUID().toString()))
                    .orElseThrow(() -> new AssertionError("a random name was taken"));
            installation.copyTemplate(directory.path());
            return startOnSomePort(installation, directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a throw-away server: " + e.getMessage(), e);
        }
    }

    private static EmbeddedMysql startOnSomePort(Installation installation, DataDirectory directory)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = Server.freePort(0);
            try {
                EmbeddedMysql server =
                        new EmbeddedMysql(installation, directory, port, launch(installation, directory, port));
                server.awaitReady();
                return server;
            } catch (IOException e) {
                if (attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static Process launch(Installation installation, DataDirectory directory, int port) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", GUARDED, "sh"));
        command.addAll(installation.daemon(
                directory.path(),
                List.of(
                        "--port=" + port,
                        "--bind-address=127.0.0.1",
                        "--skip-name-resolve",
                        "--socket=mysqld.sock", // below the data directory, whose path may be too long for a socket
                        "--pid-file=mysqld.pid",
                        "--log-error=error.log",
                        "--character-set-server=utf8mb4",
                        "--default-time-zone=+00:00",
                        "--max-connections=200",
                        "--innodb-flush-log-at-trx-commit=2",
                        "--innodb-flush-method=nosync")));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Ready is what shows our own data directory; something else may answer on the port. */
    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        SQLException last = new SQLException("never tried");
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (Connection connection = DriverManager.getConnection(url(""), user(), password());
                    Statement show = connection.createStatement();
                    ResultSet row = show.executeQuery("SELECT @@datadir")) {
                row.next();
                if (Files.isSameFile(Path.of(row.getString(1)), directory.path())) {
                    return;
                }
                throw new IOException("on port " + port + " answers the server of " + row.getString(1));
            } catch (SQLException e) {
                last = e;
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
        stop();
        Path log = directory.path().resolve("error.log");
        throw new IOException(
                "no server in " + directory.path() + " on port " + port + ": "
                        + (Files.exists(log) ? Files.readString(log) : "it wrote no log"),
                last);
    }

    /** Directories whose owner was killed; what cannot be removed must not hinder a new start. */
    private static void sweep(Path parent) throws IOException {
        List<Path> candidates;
        try (Stream<Path> children = Files.list(parent)) {
            candidates = children.filter(Files::isDirectory).toList();
        }
        for (Path candidate : candidates) {
            try {
                Optional<DataDirectory> free = DataDirectory.tryTake(candidate);
                if (free.isPresent()) {
                    try (DataDirectory directory = free.get()) {
                        serversOf(directory.path()).forEach(ProcessHandle::destroyForcibly);
                        directory.delete();
                    }
                }
            } catch (IOException e) {
                log.warn("cannot remove the throw-away server {}: {}", candidate, e.toString());
            }
        }
    }

    /** Such as outlived even their guard. */
    private static Stream<ProcessHandle> serversOf(Path data) {
        return ProcessHandle.allProcesses().filter(process -> process.info()
                .arguments()
                .map(arguments -> Arrays.asList(arguments).contains("--datadir=" + data))
                .orElse(false));
    }

    /** As a power cut would, but for what the machine itself remembers. */
    public synchronized void kill() throws IOException {
        stop();
    }

    /** After {@link #kill}, on the same port with the same data. */
    public synchronized void restart() throws IOException {
        process = launch(installation, directory, port);
        awaitReady();
    }

    Path dataDirectory() {
        return directory.path();
    }

    /** @param database empty for none */
    public String url(String database) {
        // The first login of an account is one over TLS, or asks for the server's key.
        return "jdbc:mysql://127.0.0.1:" + port + "/" + database + "?sslMode=DISABLED&allowPublicKeyRetrieval=true";
    }

    public String user() {
        return Installation.USER;
    }

    public String password() throws IOException {
        return installation.password();
    }

    /** @param setting what led to this server, for messages */
    public ConnectionSettings settings(String name, String database, String setting) throws IOException {
        return new ConnectionSettings(name, url(database), user(), password(), setting);
    }

    private void stop() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("the server in " + directory.path() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server ends", e);
        }
    }

    /** Ends the server and deletes its data. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (!directory.held()) {
            return;
        }
        try (directory) {
            stop();
            directory.delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
