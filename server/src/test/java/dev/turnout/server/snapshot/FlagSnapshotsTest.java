package dev.turnout.server.snapshot;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Weight;
import dev.turnout.server.control.ControlFixture;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlagSnapshotsTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private ControlFixture fixture;

    @BeforeEach
    void open() throws SQLException {
        fixture = ControlFixture.open();
        await(fixture.flags.create(Flag.create("f"), BY_TEST));
    }

    @AfterEach
    void close() throws SQLException {
        fixture.close();
    }

    @Test
    void deployed_it_has_the_flags() {
        FlagSnapshots snapshots = deploy(NEVER);
        assertThat(snapshots.current().version()).isEqualTo(1);
        assertThat(snapshots.age()).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void news_of_a_change_arrive_and_every_listener_is_told_in_order() throws Exception {
        FlagSnapshots snapshots = deploy(NEVER);
        listening();
        List<Long> told = new CopyOnWriteArrayList<>();
        snapshots.listen(flags -> {
            throw new IllegalStateException("a bad listener");
        });
        snapshots.listen(flags -> told.add(flags.version()));
        for (int weight = 1; weight <= 5; weight++) {
            set(weight);
        }
        await().until(() -> snapshots.current().version() == 6);
        assertThat(told).isSorted().doesNotHaveDuplicates().endsWith(6L);
    }

    @Test
    void how_late_a_change_is_known_here_is_measured_by_the_clock_of_the_database() throws Exception {
        FlagSnapshots snapshots = deploy(NEVER);
        listening();
        Timer propagation = registry.get("turnout.propagation").timer();
        assertThat(propagation.count()).isZero();
        set(1);
        await().until(() -> snapshots.current().version() == 2);
        await().until(() -> propagation.count() == 1);
        assertThat(propagation.max(TimeUnit.SECONDS)).isBetween(0.000_1, 60.0);
    }

    @Test
    void lost_news_cost_no_more_than_the_net() throws Exception {
        FlagSnapshots snapshots = deploy(Duration.ofMillis(100));
        // A change without its notification.
        fixture.database.execute("UPDATE flag SET version = 2", "UPDATE flag_set SET version = 2");
        await().until(() -> snapshots.current().version() == 2);
    }

    @Test
    void it_hears_again_after_its_connection_was_killed() throws Exception {
        FlagSnapshots snapshots = deploy(NEVER);
        listening();
        assertThat(fixture.kill("turnout-news")).isEqualTo(1);
        set(1);
        await().until(() -> snapshots.current().version() == 2);
        listening();
        set(2);
        await().until(() -> snapshots.current().version() == 3);
    }

    @Test
    void whoever_changed_a_flag_sees_it_at_once() {
        FlagSnapshots snapshots = deploy(NEVER);
        Flag changed = set(7);
        FlagSet flags = await(snapshots.refreshTo(changed.version()));
        assertThat(flags.flag("f")).contains(changed);
        assertThat(snapshots.current().version()).isEqualTo(changed.version());
    }

    @Test
    void it_never_goes_back() throws Exception {
        FlagSnapshots snapshots = deploy(Duration.ofMillis(50));
        await(snapshots.refreshTo(set(1).version()));
        fixture.database.execute("UPDATE flag_set SET version = 1");
        FlagSet after = await(snapshots.refreshTo(99));
        assertThat(after.version()).isEqualTo(2);
        assertThat(snapshots.current().version()).isEqualTo(2);
    }

    private FlagSnapshots deploy(Duration net) {
        FlagSnapshots snapshots = new FlagSnapshots(fixture.flags, fixture.settings, net, registry);
        await(fixture.vertx.deployVerticle(snapshots));
        return snapshots;
    }

    private void listening() {
        await().until(() -> fixture.database
                .one("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'turnout-news'"
                        + " AND datname = current_database()")
                .equals("1"));
    }

    private Flag set(int weight) {
        return await(fixture.control.transaction(
                tx -> fixture.flags.update(tx, "f", flag -> flag.withWeight(new Weight(weight)), BY_TEST)));
    }
}
