package dev.turnout.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Phase;
import dev.turnout.worker.run.RunBoard.RolloutView;
import dev.turnout.worker.run.RunBoard.Wish;
import dev.turnout.worker.testkit.Calendar;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.WholeWay;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The additive reference migration by the verticle: every phase, those without work for it among them. */
class AdditiveRunTest {
    private static final Duration LONG = Duration.ofMinutes(3);

    @Test
    void a_run_that_moves_nothing_goes_through_every_phase_and_back() throws Exception {
        Vertx vertx = Vertx.vertx();
        SetClock clock = new SetClock();
        try (TestDatabase database = Calendar.open()) {
            Calendar.load(database, 4_000);
            MemoryBoard board = new MemoryBoard(Calendar.bundle());
            try (Connection report = database.connect();
                    Statement statement = report.createStatement()) {
                statement.execute("SET application_name = 'a slow report'");
                report.setAutoCommit(false);
                statement.execute("UPDATE users SET email = email WHERE id = 'user-000001'");
                get(vertx.deployVerticle(new RunVerticle(
                        board,
                        Map.of("calendar", database.database()),
                        new Pace(clock, 1, Duration.ofMillis(20)),
                        new RunSettings(
                                "one",
                                2,
                                2_000,
                                Duration.ofMillis(50),
                                Duration.ofMillis(50),
                                Duration.ofSeconds(10)))));
                // The status of a run that waits names the session, its query and its age.
                await().atMost(LONG).until(() -> board.note().waitingFor().contains("a slow report"));
                assertThat(board.note().waitingFor())
                        .startsWith("make calendar-events.sql #25, ALTER TABLE oauth_states ADD CONSTRAINT")
                        .contains(
                                " waits for a lock; held by pid ",
                                "(a slow report, idle in transaction, ",
                                " s) on users: UPDATE users SET email = email");
                // It was named and not ended.
                statement.execute("SELECT 1");
                report.rollback();
            }
            await().atMost(LONG).until(() -> board.phase() == Phase.ROLLING_OUT);
            assertThat(board.log()).containsSubsequence(WholeWay.UP_TO_THE_RAMP);
            await().atMost(LONG).until(() -> board.note().verified().isPresent());
            assertThat(board.note().verified().get().mismatches()).isZero();
            assertThat(board.note().verified().get().from()).contains(clock.instant());

            board.rollout(new RolloutView(true, false, 0, Optional.empty(), 0, Optional.empty(), Optional.empty()));
            board.wish(Wish.ROLL_BACK);
            await().atMost(LONG).until(() -> board.phase() == Phase.ROLLED_BACK);
            assertThat(database.query("SELECT relname FROM pg_class WHERE relkind = 'r'"
                            + " AND relnamespace = 'public'::regnamespace ORDER BY 1"))
                    .containsExactly("calendar_connections", "users");
        } finally {
            get(vertx.close());
        }
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
