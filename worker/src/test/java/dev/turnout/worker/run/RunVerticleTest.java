package dev.turnout.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.backfill.Visits;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.run.RunBoard.RolloutView;
import dev.turnout.worker.run.RunBoard.Wish;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A run of a real spec on a real database, by the verticle and its real phases. */
class RunVerticleTest {
    private static final String SPEC = """
            migration: visits-in-minutes
            database: %s
            flag: { key: minutes }
            expand:
              - columns: { visits: { span: integer } }
            move:
              visits:
                key: id
                up: { span: old.length::int }
                down: { length: new.span::text }
                required: [span]
            contract:
              steps:
                - { run: drop.sql, irreversible: true }
            """;

    @Test
    void aRunIsCarriedToTheRampTakenOverByAnotherWorkerAndRolledBack() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (Visits visits = new Visits(30_000)) {
            visits.db.execute("DELETE FROM turnout.run");
            MemoryBoard board = new MemoryBoard(new Bundle(
                    "m.yaml",
                    Map.of("m.yaml", SPEC.formatted(visits.db.name()), "drop.sql", "ALTER TABLE visits DROP length")));
            String first = get(vertx.deployVerticle(verticle(visits, board, "first")));
            await().until(() -> board.log().contains(Phase.BACKFILLING));
            get(vertx.undeploy(first));
            assertThat(board.worker()).as("let go of, not left to its lease").isEmpty();

            String second = get(vertx.deployVerticle(verticle(visits, board, "second")));
            await().atMost(Duration.ofSeconds(60)).until(() -> board.phase() == Phase.ROLLING_OUT);
            assertThat(visits.db.one("SELECT count(*) FROM visits WHERE span IS DISTINCT FROM length::int"))
                    .isEqualTo("0");
            assertThat(visits.db.one("SELECT attnotnull FROM pg_attribute WHERE attname = 'span'"))
                    .isEqualTo("t");
            await().until(() -> board.note().verified().isPresent());
            assertThat(board.note().verified().get().mismatches()).isZero();
            assertThat(board.note().verified().get().from()).contains(visits.clock.instant());
            await().untilAsserted(() -> assertThat(board.schemaLog())
                    .extracting(line -> line.what().title(), SchemaLog.Line::state)
                    .contains(
                            tuple("add columns visits (span)", SchemaLog.State.APPLIED),
                            tuple("sync triggers of visits", SchemaLog.State.APPLIED))
                    .anyMatch(line -> line.toString().contains("VALIDATE CONSTRAINT")));
            assertThat(board.schemaLog()).allMatch(line -> line.took().isPresent());
            assertThat(board.batches().stream().mapToLong(BatchLog.Line::rows).sum())
                    .as("each row in some batch, but for what is told of less")
                    .isPositive()
                    .isLessThanOrEqualTo(30_000);
            assertThat(board.batches()).extracting(line -> line.lane().worker()).contains("second");
            visits.db.execute("INSERT INTO visits (id, span) VALUES (1, 17)");
            assertThat(visits.db.one("SELECT length FROM visits WHERE id = 1")).isEqualTo("17");

            board.rollout(new RolloutView(true, false, 0, Optional.empty(), 0, Optional.empty(), Optional.empty()));
            board.wish(Wish.ROLL_BACK);
            await().until(() -> board.phase() == Phase.ROLLED_BACK);
            assertThat(visits.db.query("SELECT attname FROM pg_attribute WHERE attname = 'span'"))
                    .isEmpty();
            assertThat(board.schemaLog())
                    .filteredOn(line -> line.what().undo())
                    .extracting(line -> line.what().title(), SchemaLog.Line::state)
                    .containsExactly(
                            tuple("sync triggers of visits", SchemaLog.State.APPLIED),
                            tuple("add columns visits (span)", SchemaLog.State.APPLIED));
            assertThat(visits.db.one("SELECT length FROM visits WHERE id = 1")).isEqualTo("17");
            get(vertx.undeploy(second));
        } finally {
            get(vertx.close());
        }
    }

    private static RunVerticle verticle(Visits visits, MemoryBoard board, String worker) {
        return new RunVerticle(
                board,
                Map.of(visits.db.name(), visits.db.database()),
                new Pace(visits.clock, 1, Duration.ofMillis(20)),
                new RunSettings(
                        worker, 2, 2_000, Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofSeconds(10)));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
