package dev.turnout.worker.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import dev.turnout.worker.testkit.Calendar;
import dev.turnout.worker.testkit.KilledWorker;
import dev.turnout.worker.testkit.KilledWorker.Toll;
import dev.turnout.worker.testkit.MortalServer;
import dev.turnout.worker.testkit.Promises;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import dev.turnout.worker.testkit.Writers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The additive migration, object by object, by workers that are killed while tokens are refreshed. */
class KilledCalendarEventsTest {
    private static final long SEED = 20261201;

    private final Path folder;

    KilledCalendarEventsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void a_few_kills_leave_nothing_half_made() throws Exception {
        try (TestDatabase calendar = TestPostgres.newDatabase()) {
            carry(calendar, worker(4));
        }
    }

    @Test
    @Tag("slow")
    void twenty_kills_leave_nothing_half_made() throws Exception {
        try (TestDatabase calendar = TestPostgres.newDatabase();
                Glimpses glimpses = new Glimpses(calendar)) {
            carry(calendar, worker(8).at(glimpses.building(), 8).at(glimpses.betweenTwoIndexes(), 6));
        }
    }

    /** Somebody has made the tables by hand and filled them: only the foreign keys are missing. */
    @Test
    @Tag("slow")
    void nor_do_kills_while_constraints_are_validated() throws Exception {
        try (TestDatabase calendar = TestPostgres.newDatabase();
                Glimpses glimpses = new Glimpses(calendar)) {
            carry(calendar, worker(6).at(glimpses.validating(), 14), 150_000);
        }
    }

    @Test
    @Tag("slow")
    void nor_do_kills_of_the_database_server() throws Exception {
        try (MortalServer server = MortalServer.postgres(folder.resolve("data"));
                TestDatabase calendar = server.newDatabase();
                Glimpses glimpses = new Glimpses(calendar)) {
            KilledWorker worker = worker(12)
                    .at(glimpses.building(), 5)
                    .at(glimpses.betweenTwoIndexes(), 3)
                    .server(server);
            assertThat(carry(calendar, worker).ofServers()).isGreaterThanOrEqualTo(3);
        }
    }

    private KilledWorker worker(int kills) {
        return new KilledWorker(folder, Calendar.bundle(), kills, SEED).in(Phase.EXPANDING);
    }

    private static Toll carry(TestDatabase calendar, KilledWorker worker) throws Exception {
        return carry(calendar, worker, 0);
    }

    /** @param events that are there already, in tables made by hand */
    private static Toll carry(TestDatabase calendar, KilledWorker worker, int events) throws Exception {
        calendar.execute(Calendar.file("legacy.sql"));
        Calendar.load(calendar, Math.max(events, 40_000));
        if (events > 0) {
            for (String statement : Calendar.statements()) {
                if (!statement.contains("FOREIGN KEY") && !statement.contains("VALIDATE")) {
                    calendar.execute(statement);
                }
            }
            Calendar.loadEvents(calendar, events);
        }
        try (Tokens tokens = new Tokens(calendar)) {
            Toll toll = worker.database("calendar", calendar.settings()).carry(tokens);
            tokens.writers.stop();
            tokens.readers.stop();
            System.out.println("calendar-events: " + toll + "; writes acknowledged: " + tokens.promises.kept());
            assertThat(tokens.promises.brokenBy(tokens.found())).isEmpty();
            assertThat(tokens.promises.kept()).isGreaterThan(300);
            assertThat(calendar.query("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid"))
                    .isEmpty();
            assertThat(calendar.query("SELECT conname FROM pg_constraint WHERE NOT convalidated"))
                    .isEmpty();
            assertThat(calendar.one("SELECT count(*) FROM pg_index WHERE indrelid = 'calendar_events'::regclass"))
                    .satisfies(count -> assertThat(Integer.parseInt(count)).isGreaterThanOrEqualTo(14));
            return toll;
        }
    }

    /** What the server does just now, over a connection that is made again when it is lost. */
    private static final class Glimpses implements AutoCloseable {
        private static final String BUILDING =
                "SELECT count(*) FROM pg_stat_progress_create_index WHERE command = 'CREATE INDEX CONCURRENTLY'";
        private static final String VALIDATING =
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query ~ 'VALIDATE CONSTRAINT'"
                        + " AND pid <> pg_backend_pid()";
        private static final String VALID = "SELECT count(*) FROM pg_index WHERE indisvalid";

        private final TestDatabase calendar;
        private Optional<Connection> connection = Optional.empty();
        private long valid = Long.MAX_VALUE;

        Glimpses(TestDatabase calendar) {
            this.calendar = calendar;
        }

        KilledWorker.Moment building() {
            return new KilledWorker.Moment("while an index is built", () -> count(BUILDING) > 0);
        }

        KilledWorker.Moment validating() {
            return new KilledWorker.Moment("while a constraint is validated", () -> count(VALIDATING) > 0);
        }

        /** One is just done. */
        KilledWorker.Moment betweenTwoIndexes() {
            return new KilledWorker.Moment("between two indexes", () -> {
                long before = valid;
                valid = Math.max(0, count(VALID));
                return valid > before;
            });
        }

        /** Negative: the server does not answer. */
        private long count(String query) {
            try {
                if (connection.isEmpty()) {
                    connection = Optional.of(calendar.connect());
                }
                try (Statement statement = connection.get().createStatement();
                        ResultSet row = statement.executeQuery(query)) {
                    row.next();
                    return row.getLong(1);
                }
            } catch (SQLException e) {
                connection = Optional.empty();
                return -1;
            }
        }

        @Override
        public void close() throws SQLException {
            if (connection.isPresent()) {
                connection.get().close();
            }
        }
    }

    /** Refreshes the tokens of connections that were there before. */
    private static final class Tokens implements KilledWorker.Application, AutoCloseable {
        private static final int WRITERS = 3;
        private static final int CONNECTIONS = 300;

        private final TestDatabase calendar;
        private final Promises promises = new Promises();
        private final Writers writers;
        private final Writers readers;

        Tokens(TestDatabase calendar) {
            this.calendar = calendar;
            this.readers = new Writers(1, Duration.ofMillis(10), calendar::connect, Tokens::report);
            this.writers = new Writers(WRITERS, Duration.ofMillis(4), calendar::connect, this::refresh);
        }

        /** It takes its time, so that the build of an index has somebody to wait for. */
        private static void report(Connection connection, int reader, Random random) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
                statement.execute("SELECT count(*) FROM calendar_connections");
                statement.execute("SELECT pg_sleep(0.05)");
                statement.execute("COMMIT");
            }
        }

        private void refresh(Connection connection, int writer, Random random) throws SQLException {
            String row = String.format("conn-%06d", 1 + writer + WRITERS * random.nextInt(CONNECTIONS / WRITERS));
            if (!promises.settled(row)) {
                return;
            }
            String token = "token " + random.nextInt(1_000_000);
            promises.write(row, Optional.of(token), () -> {
                try (PreparedStatement update =
                        connection.prepareStatement("UPDATE calendar_connections SET access_token = ? WHERE id = ?")) {
                    update.setString(1, token);
                    update.setString(2, row);
                    return update.executeUpdate();
                }
            });
        }

        @Override
        public void ramp(int weight) throws Exception {
            writers.atRest(() -> {
                assertThat(promises.brokenBy(found())).isEmpty();
                return weight;
            });
        }

        Map<String, String> found() throws SQLException {
            return calendar.byKey(
                    "SELECT id, access_token FROM calendar_connections WHERE access_token LIKE 'token %'");
        }

        @Override
        public void close() {
            writers.close();
            readers.close();
        }
    }
}
