package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.backfill.RejectedRow;
import dev.turnout.worker.run.RunBoard;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.ClaimLost;
import dev.turnout.worker.run.RunBoard.Note;
import dev.turnout.worker.run.RunBoard.Orders;
import dev.turnout.worker.run.RunBoard.Rejected;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.run.RunBoard.Wish;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunStoreTest {
    private static final List<String> CLINIC = List.of("clinic");
    private static final Duration LEASE = Duration.ofSeconds(30);

    private ControlFixture fixture;
    private RunStore runs;
    private RunClaims claims;

    @BeforeEach
    void open() throws SQLException {
        fixture = ControlFixture.open();
        runs = fixture.runs;
        claims = fixture.claims;
    }

    @AfterEach
    void close() throws SQLException {
        fixture.close();
    }

    @Test
    void starting_makes_run_rollout_monitors_and_a_flag_that_nobody_is_on() {
        Run run = start("m", "f");
        assertThat(run.standing().phase()).isEqualTo(Phase.CREATED);
        assertThat(run.standing().enteredAt()).isEqualTo(fixture.clock.instant());
        Flag flag = await(fixture.flags.find("f")).orElseThrow();
        assertThat(flag.weight()).isEqualTo(Weight.NONE);
        assertThat(flag.split().bucketBy()).contains("patientId");
        RolloutRow rollout = await(fixture.rollouts.find("m")).orElseThrow();
        assertThat(rollout.rollout().state()).isEqualTo(Rollout.State.IDLE);
        assertThat(rollout.rollout().plan()).isEqualTo(Specs.spec("m", "f").rollout());
        assertThat(rollout.proof().maxAge()).isEqualTo(Duration.ofHours(24));
        assertThat(await(fixture.monitors.watched(run.id())))
                .extracting(watched -> watched.monitor())
                .containsExactlyElementsOf(Specs.spec("m", "f").monitors());
        assertThat(await(runs.bundle(run.id()))).isEqualTo(Specs.BUNDLE);
        assertThat(await(new Listings(fixture.control)
                        .runs(
                                new Window<>(Long.MAX_VALUE, 10, Set.of()),
                                new Listings.OfRuns(Optional.empty(), Optional.empty()))))
                .containsExactly(run);
    }

    @Test
    void of_racing_starts_of_one_migration_exactly_one_happens() throws Exception {
        List<Boolean> started = await(Future.all(IntStream.range(0, 8)
                        .mapToObj(i -> runs.start(Specs.spec("m", "f"), Specs.BUNDLE, BY_TEST)
                                .map(true)
                                .otherwise(false))
                        .toList()))
                .list();
        assertThat(started).containsOnlyOnce(true);
        assertThat(fixture.database.one("SELECT count(*) FROM run")).isEqualTo("1");
    }

    @Test
    void a_start_that_does_not_fit_is_refused_and_leaves_nothing() throws Exception {
        start("m", "f");
        refused("other", "f", "has a run that is not over");
        await(fixture.flags.create(Flag.create("half").withWeight(Weight.parse("50%")), BY_TEST));
        refused("other", "half", "set it to 0% first");
        await(fixture.flags.create(Flag.create("unbucketed"), BY_TEST));
        refused("other", "unbucketed", "make them agree");
        assertThat(fixture.database.one("SELECT count(*) FROM run")).isEqualTo("1");
    }

    private void refused(String migration, String flagKey, String because) {
        assertThatThrownBy(() -> start(migration, flagKey))
                .isInstanceOf(Refused.class)
                .hasMessageContaining(because);
    }

    @Test
    void of_two_workers_one_drives_a_run_and_keeps_its_epoch_while_it_renews() {
        start("m", "f");
        Claim first = claim("one");
        assertThat(await(claims.claim("two", CLINIC, LEASE))).isEmpty();
        assertThat(claim("one").epoch()).isEqualTo(first.epoch());
        assertThat(await(claims.claim("three", List.of("elsewhere"), LEASE))).isEmpty();
        await(claims.release(first));
        assertThat(claim("two").epoch()).isEqualTo(first.epoch() + 1);
    }

    @Test
    void of_racing_workers_exactly_one_gets_the_run() {
        start("m", "f");
        List<List<Claim>> claimed = await(Future.all(IntStream.range(0, 8)
                        .mapToObj(i -> claims.claim("worker " + i, CLINIC, LEASE))
                        .toList()))
                .list();
        assertThat(claimed.stream().filter(got -> !got.isEmpty())).hasSize(1);
    }

    @Test
    void under_an_older_epoch_nothing_is_written() throws Exception {
        start("m", "f");
        Claim old = claim("one");
        fixture.database.execute("UPDATE run SET claimed_until = clock_timestamp() - interval '1 second'");
        Claim present = claim("two");
        String before = fixture.database.one("SELECT run FROM run");
        List<Future<Void>> late = List.of(
                claims.enter(old, Phase.CREATED, Phase.EXPANDING, "late", Map.of()),
                claims.note(old, new Note("late", Map.of(), List.of(), "", Optional.empty())),
                claims.rejected(old, new Rejected(9, List.of(), List.of()), 9));
        for (Future<Void> write : late) {
            assertThatThrownBy(() -> await(write)).isInstanceOf(ClaimLost.class);
        }
        await(claims.release(old));
        assertThat(fixture.database.one("SELECT run FROM run")).isEqualTo(before);
        assertThat(fixture.database.one("SELECT count(*) FROM phase_log")).isEqualTo("0");
        await(claims.enter(present, Phase.CREATED, Phase.EXPANDING, "in time", Map.of()));
        // The phase has moved on: the same step is not taken twice.
        assertThatThrownBy(() -> await(claims.enter(present, Phase.CREATED, Phase.EXPANDING, "again", Map.of())))
                .isInstanceOf(ClaimLost.class);
    }

    @Test
    void what_an_operator_tunes_reaches_whoever_drives_the_run_and_is_told_apart_from_the_rest() throws Exception {
        Run run = start("m", "f");
        assertThat(claim("one").orders()).isEqualTo(Orders.NONE);
        await(fixture.operating.tune("m", Map.of("lanes", Optional.of("4"), "batch", Optional.of("80ms")), BY_TEST));
        await(fixture.operating.tune("m", Map.of("lanes", Optional.of("2"), "batch", Optional.empty()), BY_TEST));
        assertThat(claim("one").orders().tuning()).isEqualTo(Tuning.of(Map.of("lanes", "2")));
        assertThat(fixture.database.query("SELECT after FROM audit WHERE action = 'run.tune' ORDER BY id"))
                .containsExactly("{\"batch\": \"80ms\", \"lanes\": \"4\"}", "{\"batch\": \"\", \"lanes\": \"2\"}");

        await(fixture.operating.retry("m", BY_TEST));
        Claim claim = claim("one");
        assertThat(claim.orders().retries()).isEqualTo(1);
        assertThat(await(runs.find("m")).orElseThrow().operating().retryPending())
                .isTrue();
        RejectedRow row = new RejectedRow(
                Side.OLD, 41, "t", "{\"id\": 9}", "BACKFILL", "22P02", "not a number: 'x'", Instant.EPOCH);
        // Each side numbers its own.
        RejectedRow fresh = new RejectedRow(Side.NEW, 41, "t", "{\"id\": 8}", "SYNC", "22000", "no", Instant.EPOCH);
        await(claims.rejected(claim, new Rejected(70, List.of(fresh, row), List.of()), 1));
        assertThat(await(fixture.operating.rejected(run.id(), 0, 10))).containsExactly(row, fresh);
        assertThat(await(fixture.operating.rejected(run.id(), OperatingStore.position(row), 10)))
                .containsExactly(fresh);
        assertThat(await(fixture.operating.rejected(run.id(), OperatingStore.position(fresh), 10)))
                .isEmpty();
        assertThat(await(runs.find("m")).orElseThrow().operating())
                .isEqualTo(new Run.Operating(
                        Tuning.of(Map.of("lanes", "2")), false, 70, Optional.of(fixture.clock.instant())));
        await(claims.rejected(claim, new Rejected(0, List.of(), List.of()), 1));
        assertThat(await(fixture.operating.rejected(run.id(), 0, 10))).isEmpty();
    }

    @Test
    void phases_leave_their_reports_and_a_history() {
        Run run = start("m", "f");
        Claim claim = claim("one");
        await(claims.enter(claim, Phase.CREATED, Phase.EXPANDING, "checked", Map.of("tables", 1)));
        await(claims.note(
                claim,
                new Note(
                        "lock on reservations",
                        Map.of("rows", 5),
                        List.of("slow"),
                        "wait",
                        Optional.of(new Verified(Optional.of(fixture.clock.instant()), 3)))));
        Run shown = await(runs.find("m")).orElseThrow();
        assertThat(shown.shown())
                .isEqualTo(new Run.Shown(
                        "lock on reservations",
                        "wait",
                        List.of("slow"),
                        Map.of("rows", 5),
                        Map.of("CREATED", Map.of("tables", 1))));
        assertThat(shown.verified()).isEqualTo(new Verified(Optional.of(fixture.clock.instant()), 3));
        await(claims.enter(claim, Phase.EXPANDING, Phase.FAILED, "a step failed", Map.of()));
        Claim failed = claim("one");
        assertThat(failed.pausedFrom()).contains(Phase.EXPANDING);
        assertThat(await(runs.find("m")).orElseThrow().shown().nextAction()).isEqualTo("wait");
        await(claims.enter(failed, Phase.FAILED, Phase.EXPANDING, "resumed", Map.of()));
        assertThat(await(runs.find("m")).orElseThrow().shown().nextAction()).isEmpty();
        assertThat(await(runs.log(run.id())))
                .extracting(PhaseChange::from, PhaseChange::to)
                .containsExactly(
                        tuple(Phase.CREATED, Phase.EXPANDING),
                        tuple(Phase.EXPANDING, Phase.FAILED),
                        tuple(Phase.FAILED, Phase.EXPANDING));
    }

    @Test
    void ages_of_the_verification_stay_until_there_are_newer_ones_whatever_the_phase() {
        start("m", "f");
        Claim claim = claim("one");
        Ages ages = new Ages(Map.of("t", List.of(Optional.of(Instant.EPOCH), Optional.empty())));
        Optional<Verified> verified = Optional.of(new Verified(Optional.empty(), 0, ages));
        await(claims.note(claim, new Note("", Map.of("rows", 5), List.of(), "", verified)));
        assertThat(ages()).isEqualTo(ages);
        await(claims.enter(claim, Phase.CREATED, Phase.EXPANDING, "checked", Map.of()));
        assertThat(ages()).isEqualTo(ages);
        await(claims.note(claim("one"), new Note("", Map.of("rows", 6), List.of(), "", Optional.empty())));
        assertThat(ages()).isEqualTo(ages);
        assertThat(await(runs.find("m")).orElseThrow().shown().progress()).isEqualTo(Map.of("rows", 6));
        Ages newer = new Ages(Map.of("t", List.of(Optional.empty())));
        await(claims.note(
                claim("one"),
                new Note("", Map.of(), List.of(), "", Optional.of(new Verified(Optional.empty(), 0, newer)))));
        assertThat(ages()).isEqualTo(newer);
    }

    private Ages ages() {
        return await(runs.find("m")).orElseThrow().verified().ages();
    }

    @Test
    void the_ramp_opens_with_the_phase_and_ends_with_the_run() {
        start("m", "f");
        assertThat(claim("one").rollout().begun()).isFalse();
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        assertThat(claim("one").rollout().begun()).isTrue();
        assertThat(state()).isEqualTo(Rollout.State.RUNNING);
        enter(Phase.ROLLING_OUT, Phase.PAUSED);
        enter(Phase.PAUSED, Phase.ROLLING_OUT);
        assertThat(state()).isEqualTo(Rollout.State.RUNNING);
        enter(Phase.ROLLING_OUT, Phase.DONE);
        assertThat(state()).isEqualTo(Rollout.State.ENDED);
        assertThat(await(claims.claim("one", CLINIC, LEASE))).isEmpty();
        assertThatThrownBy(() -> await(runs.wish("m", Wish.PAUSE, BY_TEST)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("over");
        start("m", "f");
    }

    @Test
    void a_wish_to_roll_back_takes_the_flag_to_0_at_once_and_is_not_taken_back() {
        start("m", "f");
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        await(fixture.control.transaction(
                tx -> fixture.flags.update(tx, "f", flag -> flag.withWeight(Weight.parse("25%")), BY_TEST)));
        assertThat(claim("one").rollout().weight()).isEqualTo(25_000);
        await(runs.wish("m", Wish.ROLL_BACK, BY_TEST));
        Claim claim = claim("one");
        assertThat(claim.wish()).isEqualTo(Wish.ROLL_BACK);
        assertThat(claim.rollout().weight()).isZero();
        assertThat(state()).isEqualTo(Rollout.State.ENDED);
        assertThatThrownBy(() -> await(runs.wish("m", Wish.RUN, BY_TEST))).isInstanceOf(Refused.class);
    }

    @Test
    void once_the_old_side_is_being_taken_away_the_flag_moves_only_with_the_worker() {
        start("m", "f");
        enter(Phase.CREATED, Phase.CONTRACTING);
        await(fixture.control.transaction(
                tx -> fixture.flags.update(tx, "f", flag -> flag.withWeight(Weight.ALL), BY_TEST)));
        await(runs.wish("m", Wish.ROLL_BACK, BY_TEST));
        assertThat(claim("one").rollout().weight()).isEqualTo(Weight.WHOLE);
        enter(Phase.CONTRACTING, Phase.ROLLING_BACK);
        assertThat(claim("one").rollout().weight()).isZero();
    }

    @Test
    void a_pause_holds_the_rollout_too() {
        start("m", "f");
        await(runs.wish("m", Wish.PAUSE, BY_TEST));
        assertThat(await(fixture.rollouts.find("m")).orElseThrow().rollout().paused())
                .isTrue();
        await(runs.wish("m", Wish.RUN, BY_TEST));
        assertThat(await(fixture.rollouts.find("m")).orElseThrow().rollout().paused())
                .isFalse();
    }

    @Test
    void what_operators_say_about_the_contract_reaches_the_worker() {
        start("m", "f");
        await(runs.approveContract("m", new Change("ann", "looked at it")));
        await(runs.recordBackup("m", "s3://backups/1", BY_TEST));
        RunBoard.RolloutView view = claim("one").rollout();
        assertThat(view.contractApprovedBy()).contains("ann");
        assertThat(view.backup()).contains("s3://backups/1");
        assertThatThrownBy(() -> await(runs.approveContract("unknown", BY_TEST)))
                .isInstanceOf(Unknown.class)
                .hasMessage("there is no migration unknown");
    }

    @Test
    void a_tick_has_the_rollout_to_itself_and_what_it_saves_is_kept() {
        Run run = start("m", "f");
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        assertThat(await(fixture.rollouts.tickable())).containsExactly(run.id());
        await(fixture.control.transaction(
                tx -> fixture.rollouts.lockForTick(tx, run.id()).compose(row -> fixture.control
                        .transaction(other -> fixture.rollouts.lockForTick(other, run.id()))
                        .compose(second -> {
                            assertThat(second).isEmpty();
                            Rollout was = row.orElseThrow().rollout();
                            Rollout next = new Rollout(was.plan(), was.state(), false, 0, fixture.clock.instant(), -1);
                            return fixture.rollouts.save(
                                    tx,
                                    row.orElseThrow()
                                            .with(next, "began")
                                            .withFullSince(Optional.of(fixture.clock.instant())));
                        }))));
        RolloutRow saved = await(fixture.rollouts.find("m")).orElseThrow();
        assertThat(saved.rollout().step()).isZero();
        assertThat(saved.because()).isEqualTo("began");
        assertThat(saved.fullSince()).contains(fixture.clock.instant());
    }

    private Run start(String migration, String flagKey) {
        return await(runs.start(Specs.spec(migration, flagKey), Specs.BUNDLE, BY_TEST));
    }

    private Claim claim(String worker) {
        List<Claim> claimed = await(claims.claim(worker, CLINIC, LEASE));
        assertThat(claimed).hasSize(1);
        return claimed.get(0);
    }

    private void enter(Phase from, Phase to) {
        await(claims.enter(claim("one"), from, to, "for the test", Map.of()));
    }

    private Rollout.State state() {
        return await(fixture.rollouts.find("m")).orElseThrow().rollout().state();
    }
}
