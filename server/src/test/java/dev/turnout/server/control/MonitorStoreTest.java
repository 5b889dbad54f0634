package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Phase;
import dev.turnout.worker.monitor.MonitorBoard.Due;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.run.RunBoard.Claim;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MonitorStoreTest {
    private static final List<String> CLINIC = List.of("clinic");
    private static final Duration LEASE = Duration.ofSeconds(30);

    private ControlFixture fixture;
    private Run run;

    @BeforeEach
    void open() throws SQLException {
        fixture = ControlFixture.open();
        run = await(fixture.runs.start(Specs.spec("m", "f"), Specs.BUNDLE, BY_TEST));
    }

    @AfterEach
    void close() throws SQLException {
        fixture.close();
    }

    @Test
    void nothing_is_measured_before_the_data_is_ready() {
        assertThat(claim("one")).isEmpty();
        enter(Phase.READY);
        assertThat(claim("one")).hasSize(2);
    }

    @Test
    void of_five_workers_each_due_monitor_goes_to_exactly_one() {
        enter(Phase.READY);
        List<List<Due>> claimed = await(Future.all(IntStream.range(0, 5)
                        .mapToObj(i -> fixture.monitors.claimDue("worker " + i, CLINIC, LEASE))
                        .toList()))
                .list();
        assertThat(claimed.stream().flatMap(List::stream).map(due -> due.monitor()
                        .name()))
                .containsExactlyInAnyOrder("parity", "errors");
    }

    @Test
    void an_overdue_monitor_comes_once_and_then_on_its_interval() {
        enter(Phase.READY);
        fixture.clock.pass(Duration.ofDays(3));
        measure(Verdict.SUCCESS);
        assertThat(claim("one")).isEmpty();
        fixture.clock.pass(Duration.ofMinutes(59));
        assertThat(claim("one")).isEmpty();
        fixture.clock.pass(Duration.ofMinutes(1));
        assertThat(claim("one")).hasSize(2);
    }

    @Test
    void while_a_step_is_young_it_is_measured_often() {
        enter(Phase.ROLLING_OUT);
        onStep(0);
        measure(Verdict.SUCCESS);
        fixture.clock.pass(Duration.ofMinutes(1));
        assertThat(claim("one")).hasSize(2);
        // A tenth of a soak of 24 h.
        fixture.clock.pass(Duration.ofMinutes(143));
        expireClaims();
        measure(Verdict.SUCCESS);
        fixture.clock.pass(Duration.ofMinutes(59));
        assertThat(claim("one")).isEmpty();
        fixture.clock.pass(Duration.ofMinutes(1));
        assertThat(claim("one")).hasSize(2);
    }

    @Test
    void a_measurement_under_an_old_claim_is_passed_over() {
        enter(Phase.READY);
        Due old = claim("one").get(0);
        expireClaims();
        Due present = claim("two").stream()
                .filter(due -> due.monitorId() == old.monitorId())
                .findFirst()
                .orElseThrow();
        await(fixture.monitors.record(old, measurement(Verdict.FAILURE)));
        assertThat(await(fixture.monitors.newest(old.monitorId(), 10))).isEmpty();
        await(fixture.monitors.record(present, measurement(Verdict.SUCCESS)));
        assertThat(await(fixture.monitors.newest(old.monitorId(), 10))).containsExactly(measurement(Verdict.SUCCESS));
    }

    @Test
    void failures_and_errors_are_counted_in_a_row() {
        enter(Phase.READY);
        Object[][] story = {
            {Verdict.FAILURE, 1, 0},
            {Verdict.FAILURE, 2, 0},
            {Verdict.ERROR, 2, 1},
            {Verdict.ERROR, 2, 2},
            {Verdict.INCONCLUSIVE, 2, 0},
            {Verdict.FAILURE, 3, 0},
            {Verdict.SUCCESS, 0, 0},
        };
        for (Object[] line : story) {
            measure((Verdict) line[0]);
            Watched watched = await(fixture.monitors.watched(run.id())).get(0);
            assertThat(List.of(watched.failures(), watched.errors()))
                    .as(line[0].toString())
                    .isEqualTo(List.of(line[1], line[2]));
            assertThat(watched.latest()).contains(measurement((Verdict) line[0]));
            fixture.clock.pass(Duration.ofHours(1));
        }
    }

    @Test
    void old_successes_are_thinned_to_one_an_hour_and_the_rest_is_kept() throws Exception {
        enter(Phase.READY);
        fixture.database.execute("INSERT INTO measurement (monitor, at, took_ms, verdict, because, readings)"
                + " SELECT m.id, TIMESTAMPTZ '2026-01-01Z' + i * interval '10 min', 1,"
                + " CASE WHEN i = 3 THEN 'FAILURE' ELSE 'SUCCESS' END, '', '{}'"
                + " FROM (SELECT min(id) AS id FROM monitor) m, generate_series(0, 11) i");
        fixture.database.execute("ALTER TABLE measurement ALTER COLUMN id RESTART WITH 64");
        Due due = claim("one").get(0);
        await(fixture.monitors.record(due, measurement(Verdict.SUCCESS)));
        assertThat(
                        fixture.database.query(
                                "SELECT verdict || ' ' || to_char(at AT TIME ZONE 'UTC', 'HH24:MI') FROM measurement ORDER BY at"))
                .containsExactly("FAILURE 00:30", "SUCCESS 00:50", "SUCCESS 01:50", "SUCCESS 09:00");
    }

    private List<Due> claim(String worker) {
        return await(fixture.monitors.claimDue(worker, CLINIC, LEASE));
    }

    private void measure(Verdict verdict) {
        claim("one").forEach(due -> await(fixture.monitors.record(due, measurement(verdict))));
    }

    private Measurement measurement(Verdict verdict) {
        return new Measurement(fixture.clock.instant(), Duration.ofMillis(12), verdict, "so", Map.of("total", "1"));
    }

    private void enter(Phase to) {
        Claim claim = await(fixture.claims.claim("one", CLINIC, LEASE)).get(0);
        await(fixture.claims.enter(claim, claim.phase(), to, "for the test", Map.of()));
    }

    private void onStep(int step) {
        await(fixture.control.transaction(
                tx -> fixture.rollouts.lock(tx, run.id()).compose(row -> {
                    Rollout was = row.rollout();
                    Rollout next = new Rollout(was.plan(), was.state(), false, step, fixture.clock.instant(), -1);
                    return fixture.rollouts
                            .save(tx, row.with(next, ""))
                            .compose(saved -> fixture.monitors.dueNow(tx, run.id()));
                })));
    }

    private void expireClaims() {
        try {
            fixture.database.execute("UPDATE monitor SET claimed_until = clock_timestamp() - interval '1 second'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
