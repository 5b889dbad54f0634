package dev.turnout.server.demo;

import dev.turnout.worker.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Where a demo keeps what, and how it begins anew. */
record DemoFiles(Path root) {
    Path postgres() {
        return root.resolve("postgres");
    }

    Path ledger() {
        return root.resolve("ledger");
    }

    Path story() {
        return root.resolve("story.json");
    }

    Path clock() {
        return root.resolve("clock");
    }

    Path backup() {
        return root.resolve("reservations.csv");
    }

    Path adminToken() {
        return root.resolve("admin-token");
    }

    /** Of the whole process; goes on over all demos. */
    Path log() {
        return root.resolve("turnout.log");
    }

    private Path mark() {
        return root.resolve("finished");
    }

    /** The demo that was here has ended; the next one replaces it. */
    boolean finished() {
        return Files.exists(mark());
    }

    void markFinished() throws IOException {
        Files.writeString(mark(), "the next demo replaces this one\n");
    }

    /** Can be killed anywhere: the mark goes last, so a half-wiped demo is wiped again. */
    void wipe(EmbeddedPostgres postgres) throws IOException, SQLException {
        markFinished();
        try (Connection connection =
                        DriverManager.getConnection(postgres.url("postgres"), postgres.user(), postgres.password());
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS turnout WITH (FORCE)");
            statement.execute("DROP DATABASE IF EXISTS clinic WITH (FORCE)");
        }
        for (Path file : List.of(ledger(), story(), clock(), backup(), adminToken(), mark())) {
            Files.deleteIfExists(file);
        }
    }
}
