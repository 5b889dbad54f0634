package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import dev.turnout.worker.monitor.ChoreBoard.Due;
import dev.turnout.worker.monitor.ChoreBoard.Round;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoreStoreTest {
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

    @ParameterizedTest
    @CsvSource({
        "CREATED, 0",
        "EXPANDING, 0",
        "BACKFILLING, 0",
        "VERIFYING, 0",
        "READY, 2",
        "ROLLING_OUT, 2",
        "SOAKING, 2",
        "CONTRACTING, 2",
        "DONE, 2",
        "ROLLING_BACK, 0",
        "ROLLED_BACK, 0"
    })
    void runs_while_the_new_side_stands(Phase phase, int due) throws SQLException {
        fixture.database.update("UPDATE run SET phase = ?", phase.name());
        assertThat(claim("one")).hasSize(due);
    }

    @Test
    void a_paused_run_is_where_it_was_paused() throws SQLException {
        fixture.database.execute("UPDATE run SET phase = 'PAUSED', paused_from = 'BACKFILLING'");
        assertThat(claim("one")).isEmpty();
        fixture.database.execute("UPDATE run SET paused_from = 'SOAKING'");
        assertThat(claim("one")).hasSize(2);
    }

    @Test
    void a_newer_run_takes_over_once_its_new_side_stands() throws SQLException {
        fixture.database.execute("UPDATE run SET phase = 'DONE'");
        Run newer = await(fixture.runs.start(Specs.spec("m", "f"), Specs.BUNDLE, BY_TEST));
        long of = Long.parseLong(fixture.database.one("SELECT min(id) FROM chore WHERE run = " + newer.id()));
        assertThat(claim("one")).hasSize(2).allMatch(due -> due.choreId() < of);
        expireClaims();
        fixture.database.execute("UPDATE run SET phase = 'READY' WHERE id = " + newer.id());
        assertThat(claim("one")).hasSize(2).allMatch(due -> due.choreId() >= of);
    }

    @Test
    void of_five_workers_each_due_chore_goes_to_exactly_one() {
        enter(Phase.READY);
        List<List<Due>> claimed = await(Future.all(IntStream.range(0, 5)
                        .mapToObj(i -> fixture.chores.claimDue("worker " + i, CLINIC, LEASE))
                        .toList()))
                .list();
        assertThat(claimed.stream().flatMap(List::stream).map(due -> due.chore().name()))
                .containsExactlyInAnyOrder("upkeep", "a look");
    }

    @Test
    void an_overdue_chore_comes_once_and_then_on_its_interval() {
        enter(Phase.READY);
        fixture.clock.pass(Duration.ofDays(3));
        run(false);
        assertThat(claim("one")).isEmpty();
        fixture.clock.pass(Duration.ofMinutes(14));
        assertThat(claim("one")).isEmpty();
        fixture.clock.pass(Duration.ofMinutes(1));
        assertThat(claim("one")).extracting(due -> due.chore().name()).containsExactly("upkeep");
        fixture.clock.pass(Duration.ofMinutes(45));
        assertThat(claim("one")).hasSize(2);
    }

    @Test
    void a_round_under_an_old_claim_is_passed_over() throws SQLException {
        enter(Phase.READY);
        Due old = claim("one").get(0);
        expireClaims();
        Due present = claim("two").stream()
                .filter(due -> due.choreId() == old.choreId())
                .findFirst()
                .orElseThrow();
        await(fixture.chores.record(old, round(true)));
        assertThat(await(fixture.chores.newest(old.choreId(), 10))).isEmpty();
        await(fixture.chores.record(present, round(false)));
        assertThat(await(fixture.chores.newest(old.choreId(), 10))).containsExactly(round(false));
    }

    @Test
    void a_failed_round_is_kept_and_moves_nothing_else() throws SQLException {
        enter(Phase.ROLLING_OUT);
        List<String> before = everythingElse();
        run(true);
        assertThat(await(fixture.chores.scheduled(run.id())))
                .extracting(Scheduled::latest)
                .allSatisfy(latest -> assertThat(latest).contains(round(true)));
        assertThat(everythingElse()).isEqualTo(before);
    }

    private List<String> everythingElse() throws SQLException {
        return fixture.database.query(
                "SELECT (SELECT jsonb_agg(o) FROM rollout o), (SELECT jsonb_agg(f) FROM flag f),"
                        + " (SELECT jsonb_agg(m) FROM monitor m), (SELECT count(*) FROM incident), (SELECT jsonb_agg(r) FROM run r)");
    }

    @Test
    void rounds_are_kept_for_a_month() throws SQLException {
        enter(Phase.READY);
        run(false);
        fixture.clock.pass(Duration.ofDays(29));
        run(false);
        fixture.clock.pass(Duration.ofDays(2));
        fixture.database.execute("ALTER TABLE chore_round ALTER COLUMN id RESTART WITH 64");
        Due due = claim("one").get(0);
        await(fixture.chores.record(due, round(false)));
        assertThat(await(fixture.chores.newest(due.choreId(), 10))).hasSize(2);
    }

    private List<Due> claim(String worker) {
        return await(fixture.chores.claimDue(worker, CLINIC, LEASE));
    }

    private void run(boolean failed) {
        claim("one").forEach(due -> await(fixture.chores.record(due, round(failed))));
    }

    private Round round(boolean failed) {
        return new Round(
                fixture.clock.instant(),
                Duration.ofMillis(12),
                failed,
                "so",
                3,
                List.of(Map.of("id", "1", "what", "x")));
    }

    private void enter(Phase to) {
        Claim claim = await(fixture.claims.claim("one", CLINIC, LEASE)).get(0);
        await(fixture.claims.enter(claim, claim.phase(), to, "for the test", Map.of()));
    }

    private void expireClaims() throws SQLException {
        fixture.database.execute("UPDATE chore SET claimed_until = clock_timestamp() - interval '1 second'");
    }
}
