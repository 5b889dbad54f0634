package dev.turnout.bench;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Reading;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.backfill.ChunkPlan;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.embedded.EmbeddedPostgres;
import dev.turnout.worker.expand.Expand;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * The {@code dynamic-services} migration on a database of its own, expanded, with its triggers standing and its chunks
 * planned: what the backfill finds when it begins.
 */
final class Hospital implements AutoCloseable {
    private static final String FOLDER = "/dev/turnout/sql/migrations/dynamic-services/";
    private static final List<String> FILES = List.of(
            "migration.yaml",
            "services.sql",
            "services.undo.sql",
            "new-index.sql",
            "new-index.undo.sql",
            "drop-old.sql");
    private static final int CHUNK_ROWS = 20_000;

    private final EmbeddedPostgres server;
    private final String name;
    private final Database database;
    private final Spec spec;

    private Hospital(EmbeddedPostgres server, String name, Database database, Spec spec) {
        this.server = server;
        this.name = name;
        this.database = database;
        this.spec = spec;
    }

    static Hospital open(EmbeddedPostgres server, String name, long rows) throws SQLException {
        server.createDatabase(name);
        Database database = Database.open(server.settings("clinic", name, "bench"), 4);
        Hospital hospital = new Hospital(server, name, database, readSpec());
        hospital.execute(read("legacy.sql"));
        hospital.execute("SET turnout.rows = " + rows + ";" + read("sample.sql"));
        hospital.execute("VACUUM (ANALYZE, FREEZE) reservations");
        Bookkeeping.install(database);
        Bookkeeping.enter(hospital.site(0));
        hospital.drive(new Expand(), 0);
        hospital.drive(new SyncTriggers(), 0);
        hospital.drive(new ChunkPlan(CHUNK_ROWS), 0);
        return hospital;
    }

    /** A connection of an application. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(server.url(name), server.user(), server.password());
    }

    Spec spec() {
        return spec;
    }

    /**
     * Strides on one lane until the phase is done.
     *
     * @return nanoseconds of the last stride: where rows are moved, the sweep that looks for rows left over
     */
    long drive(PhaseWork work, int lane) throws SQLException {
        while (true) {
            long begun = System.nanoTime();
            Stride stride = work.stride(site(lane));
            if (stride instanceof Stride.Done) {
                return System.nanoTime() - begun;
            }
            if (stride instanceof Stride.Stop stop) {
                throw new IllegalStateException(stop.because() + " " + stop.problems());
            }
            if (stride instanceof Stride.Wait wait) {
                LockSupport.parkNanos(wait.pause().toNanos());
            }
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    Site site(int lane) {
        Clock clock = Clock.fixed(Instant.parse("2026-03-01T00:00:00Z"), ZoneOffset.UTC);
        return new Site(spec, 1, 1, lane, "bench", database, clock);
    }

    private static Spec readSpec() {
        TreeMap<String, String> files = new TreeMap<>();
        FILES.forEach(file -> files.put(file, read(file)));
        Reading reading = SpecReader.read(new Bundle("migration.yaml", files));
        if (reading instanceof Reading.Accepted accepted) {
            return accepted.spec();
        }
        throw new IllegalStateException(reading.toString());
    }

    private static String read(String file) {
        try (InputStream in = Hospital.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalStateException(FOLDER + file + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
