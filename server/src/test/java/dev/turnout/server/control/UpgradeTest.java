package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Step;
import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard.Due;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

/** A control database that an older version has filled is brought up to date with what is in it. */
class UpgradeTest {
    @Test
    void monitors_and_plans_of_before_are_read_as_if_they_had_been_written_now() throws Exception {
        try (TestDatabase database = TestPostgres.newDatabase()) {
            Flyway.configure()
                    .dataSource(database.dataSource())
                    .locations("classpath:dev/turnout/sql/control")
                    .target("10")
                    .load()
                    .migrate();
            database.execute(
                    "INSERT INTO flag VALUES ('f', 1, '{}', now(), 'ann')",
                    "INSERT INTO run (migration, database, flag_key, spec_hash, bundle, phase, phase_entered_at, because,"
                            + " wish, created_at, created_by) VALUES ('m', 'clinic', 'f', 'cafe', '{}', 'ROLLING_OUT', now(),"
                            + " '', 'RUN', now(), 'ann')",
                    "INSERT INTO rollout (run, flag_key, plan, verify_max_age_seconds, state, step, entered_at) VALUES (1, 'f',"
                            + " '{\"steps\": [{\"to\": 5000, \"soak\": \"PT24H\", \"approve\": false}, {\"to\": 100000, \"soak\":"
                            + " \"PT168H\", \"approve\": true}], \"minUnits\": 20}', 3600, 'RUNNING', 0, '2026-01-01T00:00Z')",
                    "INSERT INTO monitor (run, name, definition, due_at, failures) VALUES (1, 'parity', '{\"name\": \"parity\","
                            + " \"interval\": \"PT1H\", \"young\": \"PT1M\", \"timeout\": \"PT5S\", \"sql\": \"SELECT 1 AS total\","
                            + " \"failureCondition\": \"total <> 1\", \"successCondition\": \"total = 1\", \"minSample\": 7,"
                            + " \"failureLimit\": 2, \"consecutiveErrorLimit\": 5, \"dryRun\": true}', '2026-01-01T00:00Z', 1)");

            Vertx vertx = Vertx.vertx();
            ControlDatabase control = await(ControlDatabase.open(
                    vertx, new ControlSettings(database.url(), database.user(), database.password(), 2)));
            RolloutRow row = await(new RolloutStore(control).findOfFlag("f")).orElseThrow();
            assertThat(row.rollout().plan())
                    .isEqualTo(new Plan(
                            List.of(
                                    new Step(new Weight(5_000), Duration.ofHours(24), false),
                                    new Step(Weight.ALL, Duration.ofDays(7), true)),
                            20));
            assertThat(row.around())
                    .isEqualTo(
                            new RolloutRow.Around(false, "ann", Optional.empty(), Optional.empty(), Optional.empty()));
            assertThat(row.migration()).isEqualTo("m");

            SetClock clock = new SetClock();
            List<Due> due =
                    await(new MonitorStore(control, clock).claimDue("w", List.of("clinic"), Duration.ofMinutes(1)));
            assertThat(due)
                    .extracting(Due::monitor)
                    .containsExactly(new Monitor(
                            "parity",
                            new Monitor.Schedule(
                                    Duration.ofHours(1),
                                    Duration.ofMinutes(1),
                                    Duration.ZERO,
                                    Duration.ofSeconds(5),
                                    Duration.ofHours(1)),
                            Monitor.Query.sql("clinic", "SELECT 1 AS total"),
                            new Monitor.Rule("total <> 1", Optional.of("total = 1"), Optional.empty(), false, 7),
                            new Monitor.Limits(1, 2, 0, 5),
                            true));
            assertThat(await(new MonitorStore(control, clock).watched(1)).get(0).tally())
                    .as("nobody knows on which step it failed")
                    .isEqualTo(Tally.NONE);
            await(control.close());
            await(vertx.close());
        }
    }
}
