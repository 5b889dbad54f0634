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
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
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
            assertThat(carry(calendar, worker(4)).total()).isGreaterThanOrEqualTo(4);
        }
    }

    @Test
    @Tag("slow")
    void twenty_kills_leave_nothing_half_made() throws Exception {
        try (TestDatabase calendar = TestPostgres.newDatabase()) {
            assertThat(carry(calendar, worker(20)).total()).isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    @Tag("slow")
    void nor_do_kills_of_the_database_server() throws Exception {
        try (MortalServer server = MortalServer.postgres(folder.resolve("data"));
                TestDatabase calendar = server.newDatabase()) {
            assertThat(carry(calendar, worker(20).server(server)).servers()).isNotEmpty();
        }
    }

    private KilledWorker worker(int kills) {
        return new KilledWorker(folder, Calendar.bundle(), kills, SEED).in(Phase.EXPANDING);
    }

    private static Toll carry(TestDatabase calendar, KilledWorker worker) throws Exception {
        calendar.execute(Calendar.file("legacy.sql"));
        Calendar.load(calendar, 40_000);
        try (Tokens tokens = new Tokens(calendar)) {
            Toll toll = worker.database("calendar", calendar.settings()).carry(tokens);
            tokens.writers.stop();
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

    /** Refreshes the tokens of connections that were there before. */
    private static final class Tokens implements KilledWorker.Application, AutoCloseable {
        private static final int WRITERS = 3;
        private static final int CONNECTIONS = 300;

        private final TestDatabase calendar;
        private final Promises promises = new Promises();
        private final Writers writers;

        Tokens(TestDatabase calendar) {
            this.calendar = calendar;
            this.writers = new Writers(WRITERS, Duration.ofMillis(4), calendar::connect, this::refresh);
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
            Map<String, String> rows = new HashMap<>();
            for (String line : calendar.query(
                    "SELECT id, access_token FROM calendar_connections WHERE access_token LIKE 'token %'")) {
                int bar = line.indexOf('|');
                rows.put(line.substring(0, bar), line.substring(bar + 1));
            }
            return rows;
        }

        @Override
        public void close() {
            writers.close();
        }
    }
}
