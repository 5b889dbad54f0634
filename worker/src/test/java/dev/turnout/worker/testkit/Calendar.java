package dev.turnout.worker.testkit;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Spec;
import dev.turnout.migration.SpecReader;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.phase.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The calendar application of the additive reference migration: its files, and runs of it on a database of its own. */
public final class Calendar {
    private static final Path FILES = Path.of("..", "sql", "migrations", "calendar-events");

    private Calendar() {}

    /** The legacy schema, without rows. */
    public static TestDatabase open() throws SQLException {
        TestDatabase database = TestPostgres.newDatabase();
        database.execute(file("legacy.sql"));
        return database;
    }

    /** Users and their calendars, as many as belong to so many events. */
    public static void load(TestDatabase database, int events) throws SQLException {
        database.execute("SET turnout.rows = " + events + ";" + file("sample.sql"), "ANALYZE");
    }

    /** What the new application comes to write in a year. */
    public static void loadEvents(TestDatabase database, int events) throws SQLException {
        database.execute("SET turnout.rows = " + events + ";" + file("events.sql"), "ANALYZE");
    }

    public static Spec spec() {
        return SpecReader.read(bundle()).orThrow();
    }

    public static Bundle bundle() {
        try {
            return BundleFiles.read(FILES.resolve("migration.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A drive of run 7; a higher epoch is another worker. */
    public static Site site(Spec spec, TestDatabase database, long epoch) throws SQLException {
        Site site = new Site(spec, 7, epoch, 0, "worker " + epoch, database.database(), new SetClock());
        Bookkeeping.enter(site);
        return site;
    }

    /** The statements of {@code calendar-events.sql}, as a person would type them into a console. */
    public static List<String> statements() {
        List<String> statements = new ArrayList<>();
        spec().expand()
                .forEach(step -> statements.add(((ExpandStep.Make) step).ddl().sql()));
        return statements;
    }

    public static String file(String name) {
        try {
            return Files.readString(FILES.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
