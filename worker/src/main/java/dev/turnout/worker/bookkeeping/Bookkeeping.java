package dev.turnout.worker.bookkeeping;

import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.OneTransaction;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;

/**
 * Makes the schema {@code turnout} and keeps those out who no longer drive a run. Stateless and thread-safe.
 *
 * <p>The fence: whoever takes a run over raises its epoch here first; every later transaction of the engine calls {@link
 * #fence}, which holds the row until the commit. So no transaction under an older epoch commits after the raise.
 */
public final class Bookkeeping {
    private static final String SCHEMA = "turnout";
    private static final String LOCATION = "classpath:dev/turnout/sql/engine/";

    private static final String HOLD = "SELECT 1 FROM turnout.run r WHERE r.run = ? AND r.epoch = ? LOCK IN SHARE MODE";
    /**
     * PostgreSQL lets a further sharer of a row pass one who waits to change it, so a stream of batches would keep a
     * takeover waiting without end. The queue of an advisory lock is fair. The row itself is locked as well: that reads its
     * newest version, also after a wait in the queue. InnoDB queues in order by itself.
     */
    private static final String QUEUE_AND_HOLD = """
            SELECT 1 FROM (SELECT pg_advisory_xact_lock_shared(?, ?)) AS queue, turnout.run r
            WHERE r.run = ? AND r.epoch = ? FOR SHARE OF r""";
    /** The first half of the advisory key, {@code turn} in ASCII; the second is the run. */
    private static final int QUEUE = 0x7475726e;
    /** In the place of a run: who makes the schema. Runs are numbered from 1. */
    private static final int NO_RUN = 0;

    private Bookkeeping() {}

    /**
     * Makes the schema or brings it up to date; harmless when repeated, when several workers do it at once, and wherever
     * one of them dies: in PostgreSQL it stands as a whole or not at all, in MySQL the scripts go on from what is there.
     */
    public static void install(Database database) throws SQLException {
        if (database.dialect().mysql()) {
            migrate(database.source(), true);
            return;
        }
        database.transaction(Limits.BOOKKEEPING, connection -> {
            try (PreparedStatement queue = connection.prepareStatement("SELECT pg_advisory_xact_lock(?, ?)")) {
                queue.setInt(1, QUEUE);
                queue.setInt(2, NO_RUN);
                queue.execute();
            }
            // Flyway alone would commit a script and its own record of it one after the other.
            migrate(OneTransaction.of(connection), false);
            return database;
        });
    }

    /** How the schema of a database compares with what this version makes. */
    public enum Age {
        ABSENT,
        OLDER,
        CURRENT,
        /** A newer Turnout has been here. */
        NEWER
    }

    /** Only reads. */
    public static Age age(Database database) {
        MigrationInfoService scripts =
                flyway(database.source(), database.dialect().mysql()).info();
        if (scripts.current() == null) {
            return Age.ABSENT;
        }
        if (Stream.of(scripts.all()).anyMatch(script -> script.getState() == MigrationState.FUTURE_SUCCESS)) {
            return Age.NEWER;
        }
        return scripts.pending().length > 0 ? Age.OLDER : Age.CURRENT;
    }

    private static Flyway flyway(DataSource source, boolean mysql) {
        return Flyway.configure()
                .dataSource(source)
                .schemas(SCHEMA)
                .locations(LOCATION + (mysql ? "mysql" : "postgresql"))
                .load();
    }

    private static void migrate(DataSource source, boolean mysql) throws SQLException {
        Flyway flyway = flyway(source, mysql);
        try {
            if (mysql
                    && Stream.of(flyway.info().all())
                            .anyMatch(script -> script.getState().isFailed())) {
                flyway.repair();
            }
            flyway.migrate();
        } catch (FlywayException e) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    throw sql;
                }
            }
            throw e;
        }
    }

    /**
     * Starts a drive: installs the schema and raises the run's epoch to the site's. Waits for transactions under the
     * older epoch to end.
     *
     * @throws StaleEpoch when the run has a higher epoch already
     * @throws RunTaken when the number is another run's
     */
    public static void enter(Site site) throws SQLException {
        enter(site, site.database());
        if (site.target().isPresent()) {
            // After the old side: whoever got this far drives the run, and shuts the one before out here too.
            enter(site, site.target().get());
        }
    }

    private static void enter(Site site, Database database) throws SQLException {
        install(database);
        boolean raised =
                database.transaction(Limits.BOOKKEEPING, connection -> raise(connection, site, database.name()));
        if (!raised) {
            throw new StaleEpoch(site.run(), site.epoch());
        }
    }

    private static boolean raise(Connection connection, Site site, String server) throws SQLException {
        if (!Dialect.of(connection).mysql()) {
            try (PreparedStatement queue = connection.prepareStatement("SELECT pg_advisory_xact_lock(?, ?)")) {
                queue.setInt(1, QUEUE);
                queue.setInt(2, (int) site.run());
                queue.execute();
            }
        }
        String insert = "INSERT INTO turnout.run (run, migration, epoch, spec_hash) VALUES (?, ?, ?, ?)"
                + Dialect.of(connection).upsert("turnout.run", List.of("run"), List.of());
        try (PreparedStatement there = connection.prepareStatement(insert)) {
            there.setLong(1, site.run());
            there.setString(2, site.spec().name());
            there.setLong(3, site.epoch());
            there.setString(4, site.spec().hash());
            there.executeUpdate();
        }
        own(connection, site, server);
        try (PreparedStatement raise =
                connection.prepareStatement("UPDATE turnout.run SET epoch = ? WHERE run = ? AND epoch <= ?")) {
            raise.setLong(1, site.epoch());
            raise.setLong(2, site.run());
            raise.setLong(3, site.epoch());
            return raise.executeUpdate() == 1;
        }
    }

    private static void own(Connection connection, Site site, String server) throws SQLException {
        List<String> there = Sql.rows(
                        connection, "SELECT migration, epoch, spec_hash FROM turnout.run WHERE run = ?", site.run())
                .get(0);
        boolean same = there.get(0).equals(site.spec().name())
                && (there.get(2).isEmpty() || there.get(2).equals(site.spec().hash()));
        if (!same) {
            throw new RunTaken(site.run(), server, there.get(0), there.get(1));
        }
    }

    /**
     * To be called in every transaction that changes something for the run, before the change.
     *
     * @throws StaleEpoch when the run's epoch is not the site's; the transaction must be rolled back
     */
    public static void fence(Connection connection, Site site) throws SQLException {
        boolean mysql = Dialect.of(connection).mysql();
        try (PreparedStatement held = connection.prepareStatement(mysql ? HOLD : QUEUE_AND_HOLD)) {
            int next = 1;
            if (!mysql) {
                held.setInt(next++, QUEUE);
                held.setInt(next++, (int) site.run());
            }
            held.setLong(next++, site.run());
            held.setLong(next, site.epoch());
            try (ResultSet row = held.executeQuery()) {
                if (!row.next()) {
                    throw new StaleEpoch(site.run(), site.epoch());
                }
            }
        }
    }
}
