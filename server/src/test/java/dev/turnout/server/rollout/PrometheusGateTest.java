package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Decision.Advance;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Decision.Stay;
import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Monitor.Language;
import dev.turnout.server.control.Watched;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.monitor.MonitorVerticle;
import dev.turnout.worker.monitor.Prometheus;
import dev.turnout.worker.testkit.TestMonitor;
import dev.turnout.worker.testkit.TestPrometheus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus, asked by real workers, opens and closes the gate of a rollout, and takes it back. */
class PrometheusGateTest {
    private static final Monitor ERRORS = TestMonitor.of(
                    "errors of the application",
                    new Monitor.Query(
                            Language.PROMQL,
                            "prometheus:prometheus",
                            Map.of("total", "sum(calls)", "failed", "sum(failures)")),
                    "failed / total > 0.01")
            .minSample(50)
            .monitor();

    @Test
    void whatPrometheusSaysHoldsAdvancesOrTakesBack(@TempDir Path directory) throws Exception {
        try (TestPrometheus prometheus = TestPrometheus.start(directory);
                Story story = new Story(ERRORS)) {
            for (String worker : List.of("one", "two")) {
                await(story.fixture.vertx.deployVerticle(new MonitorVerticle(
                        story.fixture.monitors,
                        story.fixture.chores,
                        new MonitorVerticle.Sources(
                                Map.of(), Map.of("prometheus", new Prometheus(prometheus.settings()))),
                        new Pace(story.fixture.clock, 1, Duration.ofMillis(20)),
                        worker)));
            }
            assertThat(measured(story, prometheus, "calls 20\nfailures 0").because())
                    .isEqualTo("total is 20, at least 50 wanted");
            assertThat(because(tick(story))).contains("INCONCLUSIVE: total is 20");

            assertThat(measured(story, prometheus, "calls 1000\nfailures 9").verdict())
                    .isEqualTo(Verdict.SUCCESS);
            assertThat(tick(story)).containsInstanceOf(Advance.class);

            assertThat(measured(story, prometheus, "calls 1000\nfailures 11").verdict())
                    .isEqualTo(Verdict.FAILURE);
            assertThat(tick(story)).containsInstanceOf(RollBack.class);
            assertThat(story.incidents().get(0).evidence().get("monitors"))
                    .asString()
                    .contains("prometheus:prometheus", "sum(failures)", "failed = 11");
            await(story.operator.acknowledge(Story.KEY, Story.OPERATOR));

            prometheus.kill();
            for (int errors = 1; errors <= 6; errors++) {
                Measurement gone = measured(story);
                assertThat(gone.verdict()).isEqualTo(Verdict.ERROR);
                assertThat(gone.because()).contains("does not answer");
                assertThat(because(tick(story)))
                        .contains("monitor: errors of the application (ERROR: the query failed");
            }
            assertThat(because(tick(story))).contains("6 errors in a row, more than 4: nobody sees");
            assertThat(story.flag().weight()).isEqualTo(Weight.NONE);
            assertThat(story.incidents())
                    .as("no way back for want of an answer")
                    .hasSize(1);
        }
    }

    private static Measurement measured(Story story, TestPrometheus prometheus, String metrics) {
        prometheus.shows(metrics);
        return measured(story);
    }

    /** The next one, which an operator asks for; Prometheus knows real time only. */
    private static Measurement measured(Story story) {
        story.pass(Duration.ofSeconds(1));
        Instant real = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        if (story.fixture.clock.instant().isBefore(real)) {
            story.fixture.clock.set(real);
        }
        await(story.fixture.monitors.ask(
                story.run(), ERRORS.name(), "migration:" + Story.MIGRATION, Story.OPERATOR, story.fixture.audit));
        Instant asked = story.fixture.clock.instant();
        return Awaitility.await()
                .until(() -> latest(story).filter(last -> !last.at().isBefore(asked)), Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<Measurement> latest(Story story) {
        return await(story.fixture.monitors.watched(story.run())).stream()
                .map(Watched::latest)
                .findFirst()
                .orElseThrow();
    }

    private static Optional<Decision> tick(Story story) {
        story.verified(0);
        story.send(story.report(0, 0));
        return story.tick();
    }

    private static String because(Optional<Decision> decision) {
        assertThat(decision).containsInstanceOf(Stay.class);
        return decision.orElseThrow().because();
    }
}
