package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import dev.turnout.server.control.NoticeStore;
import dev.turnout.server.control.Window;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rollout tells of what it does, each thing once. */
class TidingsTest {
    private Story story;

    @BeforeEach
    void begin() throws SQLException {
        story = new Story();
    }

    @AfterEach
    void end() throws SQLException {
        story.close();
    }

    private List<String> told() {
        List<NoticeStore.Entry> all =
                await(story.fixture.notices.page(new Window<>(Long.MAX_VALUE, 100, Set.of()), Optional.empty()));
        return all.stream()
                .map(entry -> entry.made().notice().kind().type() + " "
                        + entry.made().notice().details().getOrDefault("weight", ""))
                .toList();
    }

    @Test
    void steps_and_the_wait_for_an_approval_are_told() {
        story.toSecondStep();
        assertThat(told()).containsExactly("rollout.step_entered 25%", "rollout.step_entered 5%");
        story.pass(Duration.ofDays(2));
        story.tickHealthy();
        story.tickHealthy();
        assertThat(told())
                .containsExactly(
                        "rollout.approval_awaited 100%", "rollout.step_entered 25%", "rollout.step_entered 5%");
    }

    @Test
    void a_rollback_and_its_acknowledgement_are_told() {
        story.toFirstStep();
        await(story.operator.rollBack(Story.KEY, Story.OPERATOR));
        await(story.operator.acknowledge(Story.KEY, Story.OPERATOR));
        assertThat(told()).startsWith("incident.acknowledged ", "flag.rolled_back ");
    }

    @Test
    void a_rollback_that_would_lose_data_is_told_once() {
        story.toFirstStep();
        story.enter(Phase.ROLLING_OUT, Phase.CONTRACTING);
        story.verified(3);
        story.tick();
        story.tick();
        assertThat(told()).containsExactly("flag.rollback_refused ", "rollout.step_entered 5%");
    }
}
