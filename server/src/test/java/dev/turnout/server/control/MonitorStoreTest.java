package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.guard.Arms;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Phase;
import dev.turnout.worker.monitor.MonitorBoard.Due;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.testkit.TestMonitor;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    void what_is_old_is_thinned_to_one_an_hour_then_one_a_day_and_failures_are_kept() throws Exception {
        enter(Phase.READY);
        fixture.database.execute("INSERT INTO measurement (monitor, at, took_ms, verdict, because, readings)"
                + " SELECT m.id, TIMESTAMPTZ '2026-01-01Z' + i * interval '10 min', 1,"
                + " CASE i WHEN 3 THEN 'FAILURE' WHEN 4 THEN 'ERROR' WHEN 5 THEN 'ERROR' ELSE 'SUCCESS' END, '', '{}'"
                + " FROM (SELECT min(id) AS id FROM monitor) m, generate_series(0, 11) i");
        fixture.database.execute("INSERT INTO measurement (monitor, at, took_ms, verdict, because, readings)"
                + " SELECT m.id, TIMESTAMPTZ '2025-11-01Z' + i * interval '10 hours', 1, 'SUCCESS', '', '{}'"
                + " FROM (SELECT min(id) AS id FROM monitor) m, generate_series(0, 2) i");
        fixture.database.execute("ALTER TABLE measurement ALTER COLUMN id RESTART WITH 64");
        Due due = claim("one").get(0);
        await(fixture.monitors.record(due, measurement(Verdict.SUCCESS)));
        assertThat(
                        fixture.database.query(
                                "SELECT verdict || ' ' || to_char(at AT TIME ZONE 'UTC', 'HH24:MI') FROM measurement ORDER BY at"))
                .containsExactly(
                        "SUCCESS 20:00",
                        "SUCCESS 00:20",
                        "FAILURE 00:30",
                        "ERROR 00:50",
                        "SUCCESS 01:50",
                        "SUCCESS 09:00");
    }

    private Run start(Monitor... monitors) {
        return await(fixture.runs.start(Specs.spec("other", "g", List.of(monitors)), Specs.BUNDLE, BY_TEST));
    }

    private Watched watched(Run of) {
        return await(fixture.monitors.watched(of.id())).get(0);
    }

    private Due due(String monitor) {
        return claim("one").stream()
                .filter(due -> due.monitor().name().equals(monitor))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void after_an_error_it_is_tried_again_soon_but_not_for_ever() {
        enter(Phase.READY);
        for (int errors = 1; errors <= 4; errors++) {
            measure(Verdict.ERROR);
            fixture.clock.pass(Duration.ofMinutes(1));
        }
        measure(Verdict.ERROR);
        fixture.clock.pass(Duration.ofMinutes(59));
        assertThat(claim("one")).as("the fifth in a row").isEmpty();
        fixture.clock.pass(Duration.ofMinutes(1));
        assertThat(claim("one")).hasSize(2);
    }

    @Test
    void what_was_measured_before_a_step_says_nothing_of_it() {
        enter(Phase.ROLLING_OUT);
        onStep(0);
        measure(Verdict.FAILURE);
        fixture.clock.pass(Duration.ofMinutes(1));
        List<Due> begunBefore = claim("one");
        Measurement late = measurement(Verdict.FAILURE);
        fixture.clock.pass(Duration.ofSeconds(1));
        assertThat(watched(run).failures()).isEqualTo(1);
        onStep(1);
        assertThat(watched(run).failures()).isZero();
        await(fixture.monitors.record(begunBefore.get(0), late));
        assertThat(watched(run)).satisfies(seen -> {
            assertThat(seen.failures()).isZero();
            assertThat(seen.latest()).as("kept all the same").contains(late);
        });
    }

    @Test
    void the_first_measurement_of_a_step_waits_for_its_delay() {
        Run delayed = start(TestMonitor.sql("late", "SELECT 1 AS total", "total <> 1")
                .initialDelay(Duration.ofMinutes(10))
                .monitor());
        enterAll(Phase.ROLLING_OUT);
        onStep(delayed, 0);
        fixture.clock.pass(Duration.ofMinutes(9));
        assertThat(claim("one")).extracting(due -> due.monitor().name()).doesNotContain("late");
        fixture.clock.pass(Duration.ofMinutes(1));
        assertThat(due("late").monitor().name()).isEqualTo("late");
    }

    @Test
    void arms_are_counted_once_weighed_by_the_detector_and_anew_on_each_step() {
        Run compared = start(
                TestMonitor.sql("sides", "SELECT 1", "").arms().minSample(50).monitor());
        enterAll(Phase.ROLLING_OUT);
        fixture.clock.pass(Duration.ofMinutes(5));
        onStep(compared, 0);
        Instant entered = fixture.clock.instant();
        fixture.clock.pass(Duration.ofMinutes(1));
        Due first = due("sides");
        assertThat(first.since()).as("not before the step").isEqualTo(entered);
        record(first, new Arms(90, 0, 10, 0));
        assertThat(watched(compared).latest().orElseThrow().because()).isEqualTo("10 of at least 50 on the new side");

        Instant counted = fixture.clock.instant();
        fixture.clock.pass(Duration.ofMinutes(1));
        Due second = due("sides");
        assertThat(second.since()).as("not what was counted").isEqualTo(counted);
        record(second, Optional.empty());
        fixture.clock.pass(Duration.ofMinutes(1));
        Due third = due("sides");
        assertThat(third.since()).as("what could not be counted is counted now").isEqualTo(counted);
        record(third, new Arms(900, 1, 100, 0));
        assertThat(watched(compared).latest().orElseThrow())
                .matches(latest -> latest.verdict() == Verdict.SUCCESS)
                .matches(latest -> latest.because().equals("failed on the new side: 0 of 110, on the old: 1 of 990"));
        fixture.clock.pass(Duration.ofMinutes(1));
        record(due("sides"), new Arms(900, 1, 100, 8));
        assertThat(watched(compared).latest().orElseThrow())
                .matches(latest -> latest.verdict() == Verdict.INCONCLUSIVE)
                .matches(latest -> latest.because().startsWith("suspicion against the new side: "));
        fixture.clock.pass(Duration.ofMinutes(1));
        record(due("sides"), new Arms(900, 1, 100, 20));
        assertThat(watched(compared)).satisfies(seen -> {
            assertThat(seen.latest().orElseThrow().verdict()).isEqualTo(Verdict.FAILURE);
            assertThat(seen.failures()).isEqualTo(1);
            assertThat(seen.tally().comparison().evidence()).isGreaterThan(1e6);
        });
        onStep(compared, 1);
        assertThat(watched(compared).tally()).isEqualTo(Tally.NONE);
        fixture.clock.pass(Duration.ofHours(30));
        assertThat(due("sides").since())
                .as("no more than a window back")
                .isEqualTo(fixture.clock.instant().minus(Duration.ofHours(1)));
    }

    @Test
    void an_operator_has_a_monitor_measured_at_once_while_it_is_measured_at_all() {
        assertThatThrownBy(() -> await(ask("parity")))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("from when the data is ready until the contract");
        enter(Phase.READY);
        measure(Verdict.SUCCESS);
        assertThat(claim("one")).isEmpty();
        await(ask("parity"));
        assertThat(claim("one")).extracting(due -> due.monitor().name()).containsExactly("parity");
        assertThatThrownBy(() -> await(ask("parody"))).isInstanceOf(Unknown.class);
        assertThat(await(fixture.audit.newestOf("migration:m", Long.MAX_VALUE, 10)))
                .extracting(AuditEntry::action)
                .containsOnlyOnce("monitor.run");
    }

    private Future<Void> ask(String monitor) {
        return fixture.monitors.ask(run.id(), monitor, "migration:m", BY_TEST, fixture.audit);
    }

    @Test
    void a_worker_takes_no_more_than_it_can_measure_within_its_lease() {
        start(IntStream.range(0, 10)
                .mapToObj(i -> TestMonitor.sql("m" + i, "SELECT 1 AS total", "total <> 1")
                        .monitor())
                .toArray(Monitor[]::new));
        enterAll(Phase.READY);
        assertThat(claim("one")).hasSize(8);
        assertThat(claim("two")).hasSize(4);
        assertThat(claim("three")).isEmpty();
    }

    @Test
    void only_who_reaches_its_prometheus_gets_a_monitor_of_it() {
        start(TestMonitor.of(
                        "latency",
                        new Monitor.Query(Monitor.Language.PROMQL, "prometheus:main", Map.of("value", "up")),
                        "value < 1")
                .monitor());
        enterAll(Phase.READY);
        assertThat(claim("one")).hasSize(2);
        assertThat(await(fixture.monitors.claimDue("two", List.of("other", "prometheus:main"), LEASE)))
                .extracting(due -> due.monitor().name())
                .containsExactly("latency");
    }

    private void record(Due due, Arms arms) {
        record(due, Optional.of(arms));
    }

    private void record(Due due, Optional<Arms> arms) {
        Verdict verdict = arms.isPresent() ? Verdict.SUCCESS : Verdict.ERROR;
        await(fixture.monitors.record(
                due, new Measurement(fixture.clock.instant(), Duration.ZERO, verdict, "counted", Map.of(), arms)));
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

    private void enterAll(Phase to) {
        for (Claim claim : await(fixture.claims.claim("one", CLINIC, LEASE))) {
            await(fixture.claims.enter(claim, claim.phase(), to, "for the test", Map.of()));
        }
    }

    private void onStep(int step) {
        onStep(run, step);
    }

    private void onStep(Run of, int step) {
        await(fixture.control.transaction(
                tx -> fixture.rollouts.lock(tx, of.id()).compose(row -> {
                    Rollout was = row.rollout();
                    Rollout next = new Rollout(was.plan(), was.state(), false, step, fixture.clock.instant(), -1);
                    return fixture.rollouts
                            .save(tx, row.with(next, ""))
                            .compose(saved -> fixture.monitors.dueNow(tx, of.id()));
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
