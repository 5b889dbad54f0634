package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.About;
import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.stage.Stage;
import dev.turnout.server.control.Alert.Outcome;
import dev.turnout.server.control.Alert.Reason;
import dev.turnout.server.control.Alert.Ruling;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AlertStoreTest {
    private ControlFixture control;
    private AlertStore alerts;

    @BeforeEach
    void open() throws SQLException {
        control = ControlFixture.open();
        alerts = new AlertStore(control.control, control.clock);
    }

    @AfterEach
    void close() throws SQLException {
        control.close();
    }

    private void received(String fingerprint, Ruling ruling) {
        Alert alert = new Alert(
                Alert.Source.GRAFANA,
                fingerprint,
                true,
                control.clock.instant(),
                Map.of("a", "x".repeat(2000)),
                Map.of());
        await(control.control.transaction(tx -> alerts.note(tx, alert, "f")
                .compose(noted -> alerts.settle(tx, noted.id(), "r", ruling).map(noted))));
    }

    @Test
    void what_was_ignored_is_kept_for_a_week_and_what_was_acted_on_for_a_season() {
        Ruling ignored = Ruling.ignored(Reason.NO_RULE, "");
        received("acted", new Ruling(Outcome.ROLLED_BACK, Reason.ACTED, "it fires"));
        received("ignored", ignored);
        control.clock.pass(Duration.ofDays(8));
        for (int i = 0; i < 64; i++) {
            received("new-" + i, ignored);
        }
        assertThat(await(alerts.page(new Window<>(Long.MAX_VALUE, 100, Set.of()), Optional.empty(), Optional.empty())))
                .hasSize(65);
        Window<Long> all = new Window<>(Long.MAX_VALUE, 100, Set.of());
        assertThat(await(alerts.page(all, Optional.of("f"), Optional.of(Outcome.ROLLED_BACK))))
                .singleElement()
                .satisfies(entry -> assertThat(entry.alert().labels().get("a")).hasSize(1001));
        control.clock.pass(Duration.ofDays(83));
        for (int i = 0; i < 64; i++) {
            received("newer-" + i, ignored);
        }
        assertThat(await(alerts.page(all, Optional.empty(), Optional.of(Outcome.ROLLED_BACK))))
                .isEmpty();
    }

    private Optional<Instant> increasedAt() {
        return await(control.control.transaction(tx -> alerts.exposure(tx, "f")))
                .orElseThrow()
                .increasedAt();
    }

    /** Each a minute after the one before. */
    private void change(boolean grows, UnaryOperator<Flag> how) {
        Optional<Instant> before = increasedAt();
        control.clock.pass(Duration.ofMinutes(1));
        await(control.control.transaction(tx -> control.flags.update(tx, "f", how, BY_TEST)));
        assertThat(increasedAt()).isEqualTo(grows ? Optional.of(control.clock.instant()) : before);
    }

    @Test
    void a_flag_remembers_when_it_last_may_have_sent_more_units_to_the_new_side() {
        await(control.flags.create(Flag.create("f"), BY_TEST));
        assertThat(increasedAt()).isEmpty();
        change(true, flag -> flag.withWeight(Weight.parse("5%")));
        change(true, flag -> flag.withWeight(Weight.parse("25%")));
        change(false, flag -> flag.withWeight(Weight.parse("10%")));
        change(false, flag -> flag.withState(Flag.State.OFF));
        change(true, flag -> flag.withState(Flag.State.ON));
        change(false, flag -> flag.rolledBack("bad").withWeight(Weight.NONE));
        change(true, Flag::acknowledged);
        change(true, flag -> flag.withStage(Stage.OFF));
        change(true, flag -> flag.withWeight(Weight.parse("1%")));
        change(true, flag -> flag.withStage(Stage.DUAL_WRITE));
        change(false, flag -> flag.withAbout(new About("team", "")));
    }
}
