package dev.turnout.worker.testkit;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.BundleFiles;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.run.RunSettings;
import dev.turnout.worker.run.RunVerticle;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A worker in a process of its own, to be killed: drives the run of a folder until its parent ends it or ends. */
final class ChildWorker {
    static final String DATABASES = "databases";
    static final String FOLDER = "spec";
    static final String SPEC = "migration.yaml";

    private static final int LANES = 2;
    private static final int POOL = 8;

    private ChildWorker() {}

    /** As a line of the file {@link #DATABASES}. */
    static String line(ConnectionSettings settings) {
        return String.join("\t", settings.name(), settings.url(), settings.user(), settings.password());
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        // Small chunks and batches: a kill then finds something half-done nearly everywhere.
        RunSettings settings = new RunSettings(
                "child " + ProcessHandle.current().pid(),
                LANES,
                Integer.parseInt(args[1]),
                Duration.ofMillis(Integer.parseInt(args[2])),
                Duration.ofMillis(20),
                Duration.ofSeconds(10));
        BoardFile board =
                new BoardFile(folder, BundleFiles.read(folder.resolve(FOLDER).resolve(SPEC)));
        Pace pace = new Pace(new Ahead(board), 1, Duration.ofMillis(20));
        Vertx.vertx().deployVerticle(new RunVerticle(board, databases(folder), pace, settings));
        // The pipe ends with the parent, however it ends.
        System.in.read();
        Runtime.getRuntime().halt(1);
    }

    private static Map<String, Database> databases(Path folder) throws IOException {
        Map<String, Database> databases = new HashMap<>();
        List<String> lines = Files.readAllLines(folder.resolve(DATABASES));
        for (String line : lines) {
            String[] parts = line.split("\t", -1);
            ConnectionSettings settings =
                    new ConnectionSettings(parts[0], parts[1], parts[2], parts[3], "the test kit");
            databases.put(parts[0], open(settings));
        }
        return databases;
    }

    /** Business time: real time and what the operator lets pass. */
    private static final class Ahead extends Clock {
        private final BoardFile board;

        Ahead(BoardFile board) {
            this.board = board;
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(board.ahead());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return Clock.fixed(instant(), zone);
        }
    }

    /** The server may be killed as well, just now. */
    private static Database open(ConnectionSettings settings) {
        for (int attempt = 1; ; attempt++) {
            try {
                return Database.open(settings, POOL);
            } catch (RuntimeException e) {
                if (attempt == 100) {
                    throw e;
                }
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
        }
    }
}
