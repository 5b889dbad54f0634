package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Outcomes;
import dev.turnout.flags.guard.Units;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.stage.Side;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutcomeStoreTest {
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
    void a_report_comes_out_as_it_went_in_and_once() {
        OutcomeReport report = report("app-1", 7);
        assertThat(await(fixture.outcomes.accept(report))).isTrue();
        assertThat(await(fixture.outcomes.accept(report))).isFalse();
        assertThat(take(10)).containsExactly(report);
        assertThat(take(10)).isEmpty();
        assertThat(await(fixture.outcomes.accept(report))).isFalse();
        assertThat(await(fixture.outcomes.accept(report("app-1", 6)))).isFalse();
        assertThat(await(fixture.outcomes.accept(report("app-1", 8)))).isTrue();
        assertThat(await(fixture.outcomes.accept(report("app-2", 0)))).isTrue();
    }

    @Test
    void however_often_reports_are_sent_while_they_are_taken_each_is_taken_once() {
        List<Future<?>> all = new ArrayList<>();
        List<OutcomeReport> taken = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (long seq = 0; seq < 10; seq++) {
                all.add(fixture.outcomes.accept(report("app-" + seq % 2, seq)));
            }
            all.add(fixture.control
                    .transaction(tx -> fixture.outcomes.take(tx, "f", 3))
                    .onSuccess(some -> {
                        synchronized (taken) {
                            taken.addAll(some);
                        }
                    }));
        }
        await(Future.all(all));
        taken.addAll(take(100));
        assertThat(taken).doesNotHaveDuplicates();
        long calls = await(fixture.outcomes.hours("f", fixture.clock.instant().minusSeconds(3600))).stream()
                .filter(hour -> hour.side() == Side.NEW)
                .mapToLong(hour -> hour.totals().calls())
                .sum();
        assertThat(calls).isEqualTo(10L * taken.size());
    }

    @Test
    void a_report_about_no_flag_is_refused() {
        OutcomeReport stray = new OutcomeReport("nobody", "app", 1, 1, Map.of());
        assertThatThrownBy(() -> await(fixture.outcomes.accept(stray)))
                .isInstanceOf(Unknown.class)
                .hasMessage("there is no flag nobody");
    }

    @Test
    void reporters_that_are_gone_are_forgotten_but_not_their_reports() throws Exception {
        await(fixture.outcomes.accept(report("waiting", 1)));
        await(fixture.outcomes.accept(report("taken", 1)));
        fixture.database.execute("DELETE FROM outcome_report WHERE reporter = 'taken'");
        await(fixture.control.transaction(tx -> fixture.outcomes.forgetSilentSince(
                tx, "f", fixture.clock.instant().plusSeconds(1))));
        assertThat(fixture.database.query("SELECT reporter FROM outcome_reporter"))
                .containsExactly("waiting");
    }

    @Test
    void the_guard_remembers_everything_and_one_looks_at_a_time() {
        Random random = new Random(1);
        Units many = Units.of(random.ints(20_000, 0, Weight.WHOLE).boxed().toList());
        Units all = Units.of(IntStream.range(0, Weight.WHOLE).boxed().toList());
        Outcomes bad = new Outcomes(all, many, Units.of(List.of(0)), Units.NONE);
        await(fixture.control.transaction(tx -> fixture.guards.lockForTick(tx, "f")));
        await(fixture.control.transaction(
                tx -> fixture.guards.lockForTick(tx, "f").compose(watch -> fixture.control
                        .transaction(other -> fixture.guards.lockForTick(other, "f"))
                        .compose(second -> {
                            assertThat(second).isEmpty();
                            return fixture.guards.save(
                                    tx, "f", watch.orElseThrow().after(fixture.clock.instant(), bad, Outcomes.NONE));
                        }))));
        Watch expected = Watch.from(fixture.clock.instant()).after(fixture.clock.instant(), bad, Outcomes.NONE);
        assertThat(await(fixture.guards.find("f"))).contains(expected);
    }

    @Test
    void an_incident_stays_open_until_it_is_acknowledged() {
        Incident.Finding finding = new Incident.Finding(Incident.Source.OUTCOMES, "errors");
        long id = await(fixture.control.transaction(tx -> fixture.incidents.open(
                tx,
                new IncidentStore.Opening(
                        "f",
                        OptionalLong.empty(),
                        finding,
                        Weight.parse("25%"),
                        Weight.NONE,
                        Map.of("failed", 7, "rule", "e-detector")))));
        Incident open = await(fixture.control.transaction(tx -> fixture.incidents.unacknowledged(tx, "f")))
                .get(0);
        assertThat(open.id()).isEqualTo(id);
        assertThat(open.finding()).isEqualTo(finding);
        assertThat(open.before()).isEqualTo(Weight.parse("25%"));
        assertThat(open.evidence()).containsEntry("failed", 7);
        Change word = new Change("ann", "fixed in 1.2");
        int first = await(fixture.control.transaction(tx -> fixture.incidents.acknowledge(tx, "f", word)));
        assertThat(first).isEqualTo(1);
        int second = await(fixture.control.transaction(tx -> fixture.incidents.acknowledge(tx, "f", word)));
        assertThat(second).isZero();
        assertThat(await(fixture.incidents.newestOf("f", 10)).get(0).acknowledged())
                .contains(new Incident.Acknowledged(fixture.clock.instant(), word));
        assertThat(await(fixture.incidents.newest(10))).hasSize(1);
    }

    private static OutcomeReport report(String reporter, long seq) {
        List<Integer> units =
                LongStream.range(0, 10).mapToObj(i -> (int) (i * 9_999)).toList();
        return new OutcomeReport(
                "f",
                reporter,
                seq,
                1,
                Map.of(
                        Side.NEW,
                        new OutcomeReport.Arm(
                                new OutcomeReport.Totals(10, 2, 1, 0),
                                new Outcomes(Units.of(units), Units.of(List.of(0)), Units.NONE, Units.NONE))));
    }

    private List<OutcomeReport> take(int limit) {
        return await(fixture.control.transaction(tx -> fixture.outcomes.take(tx, "f", limit)));
    }
}
