package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.worker.monitor.ChoreBoard.Round;
import dev.turnout.worker.monitor.MonitorVerticle;
import dev.turnout.worker.testkit.Calendar;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The follow-up of the calendar's migration, by the workers' scheduler over the control database. */
class ScheduledSqlTest {

    @Test
    void the_follow_up_of_the_calendar_runs_on_its_schedule() throws SQLException {
        try (TestDatabase calendar = Calendar.open();
                ControlFixture fixture = ControlFixture.open()) {
            Calendar.load(calendar, 4_000);
            for (String statement : Calendar.statements()) {
                calendar.execute(statement);
            }
            Calendar.loadEvents(calendar, 4_000);
            String now = "timestamptz '" + fixture.clock.instant() + "'";
            calendar.execute("INSERT INTO oauth_states (state, user_id, provider, redirect_uri, expires_at)"
                    + " SELECT 'state ' || i, 'user-000001', 'GOOGLE', 'x', " + now
                    + " + (2500 - i) * interval '1 minute'"
                    + " FROM generate_series(1, 5000) i");
            Run run = ControlFixture.await(fixture.runs.start(Calendar.spec(), Calendar.bundle(), BY_TEST));
            fixture.database.execute("UPDATE run SET phase = 'ROLLING_OUT'");
            for (String worker : List.of("one", "two")) {
                ControlFixture.await(fixture.vertx.deployVerticle(new MonitorVerticle(
                        fixture.monitors,
                        fixture.chores,
                        new MonitorVerticle.Sources(Map.of("calendar", calendar.database()), Map.of()),
                        new Pace(fixture.clock, 1, Duration.ofMillis(20)),
                        worker)));
            }

            await().until(() -> rounds(fixture).equals(Map.of(1L, 1, 2L, 1, 3L, 1)));
            Map<String, Round> latest = latest(fixture, run);
            assertThat(calendar.one("SELECT count(*) FROM oauth_states")).isEqualTo("2500");
            assertThat(latest.get("expired oauth states are removed"))
                    .returns(2_500L, Round::rows)
                    .returns(false, Round::failed);
            String due = calendar.one("SELECT count(*) FROM calendar_connections WHERE token_expires_at < " + now
                    + " + interval '2 hours'");
            assertThat(latest.get("tokens to be refreshed are listed"))
                    .returns(Long.valueOf(due), Round::rows)
                    .returns(false, Round::failed);
            assertThat(latest.get("stale synchronisations are counted"))
                    .returns(
                            calendar.query(
                                    "SELECT sync_status, count(*) FROM calendar_events"
                                            + " WHERE deleted_at IS NULL AND sync_status IN ('PENDING', 'FAILED') GROUP BY 1 ORDER BY 1"),
                            round -> round.listed().stream()
                                    .map(row -> row.get("sync_status") + "|" + row.get("stale"))
                                    .toList());

            fixture.clock.pass(Duration.ofMinutes(5));
            await().until(() -> rounds(fixture).equals(Map.of(1L, 1, 2L, 1, 3L, 2)));
            fixture.clock.pass(Duration.ofMinutes(10));
            await().until(() -> rounds(fixture).equals(Map.of(1L, 2, 2L, 1, 3L, 3)));
            assertThat(calendar.one("SELECT count(*) FROM oauth_states")).isEqualTo("2485");

            // A failure is told and moves nothing.
            calendar.execute("ALTER TABLE oauth_states RENAME TO gone");
            fixture.clock.pass(Duration.ofMinutes(45));
            await().until(() -> rounds(fixture).equals(Map.of(1L, 3, 2L, 2, 3L, 4)));
            assertThat(latest(fixture, run).get("expired oauth states are removed"))
                    .returns(true, Round::failed);
            assertThat(fixture.database.query("SELECT * FROM incident")).isEmpty();
            assertThat(fixture.database.one("SELECT state FROM rollout")).isEqualTo("IDLE");
        }
    }

    private static Map<Long, Integer> rounds(ControlFixture fixture) throws SQLException {
        Map<Long, Integer> rounds = new LinkedHashMap<>();
        for (String line : fixture.database.query("SELECT chore, count(*) FROM chore_round GROUP BY 1 ORDER BY 1")) {
            rounds.put(Long.valueOf(line.split("\\|")[0]), Integer.valueOf(line.split("\\|")[1]));
        }
        return rounds;
    }

    private static Map<String, Round> latest(ControlFixture fixture, Run run) {
        Map<String, Round> latest = new LinkedHashMap<>();
        ControlFixture.await(fixture.chores.scheduled(run.id())).forEach(scheduled -> scheduled
                .latest()
                .ifPresent(round -> latest.put(scheduled.chore().name(), round)));
        return latest;
    }
}
