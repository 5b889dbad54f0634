package dev.turnout.worker.scenario;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Reading;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A reference migration in a database of its own: its files, its spec, and a run that is driven phase by phase. */
final class Scenario implements AutoCloseable {
    private static final Pattern FILE = Pattern.compile("(?:run|undo):\\s*([\\w.-]+)");

    final TestDatabase database;
    final SetClock clock = new SetClock();
    final Spec spec;
    private final String folder;
    private long run = 7;

    Scenario(String folder, TestDatabase database) throws SQLException {
        this.folder = folder;
        this.database = database;
        this.spec = spec();
        database.execute(file("legacy.sql"), file("sample.sql"));
    }

    private Spec spec() {
        String yaml = file("migration.yaml");
        Map<String, String> files = new HashMap<>(Map.of("migration.yaml", yaml));
        Matcher named = FILE.matcher(yaml);
        while (named.find()) {
            files.put(named.group(1), file(named.group(1)));
        }
        Reading reading = SpecReader.read(new Bundle("migration.yaml", files));
        if (reading instanceof Reading.Accepted accepted) {
            return accepted.spec();
        }
        throw new AssertionError(reading);
    }

    String file(String name) {
        String path = "/dev/turnout/sql/migrations/" + folder + "/" + name;
        try (InputStream in = Scenario.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another run of the same spec. */
    void again() throws SQLException {
        run++;
        begin();
    }

    void begin() throws SQLException {
        Bookkeeping.enter(site());
    }

    Site site() {
        return new Site(spec, run, 1, 0, "a worker", database.database(), clock);
    }

    /** Strides until the phase is done or stops; what it waits for may take real time, as applications write. */
    Stride drive(PhaseWork work) throws SQLException {
        Stride[] last = new Stride[1];
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .pollInSameThread()
                .until(() -> {
                    last[0] = work.stride(site());
                    return last[0] instanceof Stride.Done || last[0] instanceof Stride.Stop;
                });
        return last[0];
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }
}
