package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.server.control.OutcomeReport;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import java.sql.SQLException;
import java.time.Instant;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class RolloutVerticleTest {
    @Test
    void rolloutsMoveByThemselvesAndReportsOfOtherFlagsAreCounted() throws SQLException {
        try (Story story = new Story()) {
            await(story.fixture.flags.create(Flag.create("lone"), Story.OPERATOR));
            OutcomeReport report = story.report(0, 0);
            assertThat(story.send(new OutcomeReport("lone", "app-1", 1, 1, report.arms())))
                    .isTrue();
            story.verified(0);
            story.measured(Verdict.SUCCESS);

            String deployed =
                    await(story.fixture.vertx.deployVerticle(new RolloutVerticle(story.stores, story.fast())));
            Awaitility.await().until(() -> story.flag().weight().equals(new Weight(5_000)));
            Awaitility.await()
                    .until(() -> await(story.fixture.outcomes.unwatched()).isEmpty());
            await(story.fixture.vertx.undeploy(deployed));

            assertThat(await(story.fixture.outcomes.hours("lone", Instant.EPOCH)))
                    .anyMatch(hour -> hour.totals().calls() == 400);
        }
    }
}
