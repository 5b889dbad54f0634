package dev.turnout.worker.testkit;

import dev.turnout.worker.embedded.EmbeddedMysql;
import dev.turnout.worker.embedded.EmbeddedPostgres;
import dev.turnout.worker.embedded.EmbeddedPostgresFailed;
import dev.turnout.worker.jdbc.ConnectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A database server of one test alone, which may be killed and comes back on the same port with the same data. */
public abstract class MortalServer implements KilledWorker.Victim, AutoCloseable {
    private static final AtomicInteger count = new AtomicInteger();

    abstract ConnectionSettings settings() throws IOException;

    @Override
    public abstract void close();

    /** An empty database; it goes with the server or when it is closed. */
    public TestDatabase newDatabase() throws SQLException, IOException {
        return TestDatabase.create(settings(), "mortal_" + count.incrementAndGet());
    }

    /** @param data an empty folder */
    public static MortalServer postgres(Path data) {
        return new Postgres(data);
    }

    public static MortalServer mysql() {
        return new Mysql(EmbeddedMysql.mysql());
    }

    private static final class Mysql extends MortalServer {
        private final EmbeddedMysql server;

        Mysql(EmbeddedMysql server) {
            this.server = server;
        }

        @Override
        ConnectionSettings settings() throws IOException {
            return server.settings("mysql", "", "the test kit");
        }

        @Override
        public void killAndRestart() throws IOException {
            server.kill();
            server.restart();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    private static final class Postgres extends MortalServer {
        private static final int STARTS = 50;

        private final Path data;
        private EmbeddedPostgres server;

        Postgres(Path data) {
            this.data = data;
            this.server = EmbeddedPostgres.keep(data, 0);
        }

        @Override
        ConnectionSettings settings() {
            return server.settings("postgres", "postgres", "the test kit");
        }

        @Override
        public void killAndRestart() throws Exception {
            List<String> pidFile = Files.readAllLines(data.resolve("postmaster.pid"));
            ProcessHandle postmaster =
                    ProcessHandle.of(Long.parseLong(pidFile.get(0))).orElseThrow();
            postmaster.destroyForcibly();
            postmaster.onExit().get(60, TimeUnit.SECONDS);
            int port = server.port();
            letGo();
            server = again(port);
        }

        /** Of the directory, though there is no server any more that could be stopped. */
        private void letGo() {
            try {
                server.close();
                throw new AssertionError("the killed server stopped in order");
            } catch (EmbeddedPostgresFailed e) {
                LockSupport.parkNanos(1);
            }
        }

        /** The sessions of the killed server end one by one, and the shared memory with the last of them. */
        private EmbeddedPostgres again(int port) {
            for (int attempt = 1; ; attempt++) {
                try {
                    return EmbeddedPostgres.keep(data, port);
                } catch (EmbeddedPostgresFailed e) {
                    if (attempt == STARTS) {
                        throw e;
                    }
                    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                }
            }
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
