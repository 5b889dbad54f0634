package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Phase;
import dev.turnout.server.control.VerificationStore.Answered;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.ClaimLost;
import dev.turnout.worker.run.RunBoard.Note;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.run.RunBoard.Wish;
import dev.turnout.worker.verify.Demand;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators want verified anew reaches whoever drives the run, and what that one tells reaches operators. */
class VerificationStoreTest {
    private static final Optional<String> ALL = Optional.empty();

    private ControlFixture fixture;
    private VerificationStore verifications;
    private Run run;

    @BeforeEach
    void open() throws SQLException {
        fixture = ControlFixture.open();
        verifications = fixture.verifications;
        run = await(fixture.runs.start(Specs.spec("m", "f"), Specs.BUNDLE, BY_TEST));
    }

    @AfterEach
    void close() throws SQLException {
        fixture.close();
    }

    private Claim claim() {
        return await(fixture.claims.claim("one", List.of("clinic"), Duration.ofMinutes(1)))
                .get(0);
    }

    private void enter(Phase from, Phase to) {
        await(fixture.claims.enter(claim(), from, to, "for the test", Map.of()));
    }

    private Answered ask(Optional<String> table) {
        return await(verifications.ask("m", table, new Change("ann", "a restore went wrong")));
    }

    private List<Verification> newest() {
        return await(fixture.control.transaction(tx -> verifications.newest(tx, run.id(), 10)));
    }

    private Future<Void> tell(Claim claim, Demand.Met... met) {
        return fixture.claims.note(
                claim,
                new Note(
                        "",
                        Map.of(),
                        List.of(),
                        "",
                        Optional.of(new Verified(Optional.empty(), 0, Ages.NONE, List.of(met)))));
    }

    @Test
    void what_is_wanted_reaches_whoever_drives_the_run_and_comes_back_as_it_is_done() throws Exception {
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        Instant asked = fixture.clock.instant();
        Verification whole = ask(ALL).verification();
        assertThat(whole.state()).isEqualTo(Verification.State.OPEN);
        assertThat(whole.asked()).isEqualTo(new Verification.Asked(asked, "ann", "a restore went wrong"));
        assertThat(claim().orders().demands()).containsExactly(new Demand(whole.id(), ALL));

        await(tell(claim(), new Demand.Met(whole.id(), 9, 4, 2, false)));
        Verification half = newest().get(0);
        assertThat(List.of(half.chunks(), half.done(), half.differences())).containsExactly(9L, 4L, 2L);
        assertThat(half.state()).isEqualTo(Verification.State.OPEN);

        fixture.clock.pass(Duration.ofMinutes(3));
        await(tell(claim(), new Demand.Met(whole.id(), 9, 9, 3, true), new Demand.Met(999, 1, 1, 1, true)));
        Verification done = newest().get(0);
        assertThat(done.state()).isEqualTo(Verification.State.DONE);
        assertThat(done.overAt()).contains(asked.plus(Duration.ofMinutes(3)));
        assertThat(claim().orders().demands()).isEmpty();

        // What is told late changes nothing, and what is wanted now is another one.
        await(tell(claim(), new Demand.Met(whole.id(), 9, 1, 0, false)));
        assertThat(newest()).containsExactly(done);
        assertThat(ask(ALL).verification().id()).isGreaterThan(whole.id());
        assertThat(fixture.database.query("SELECT actor, action, after, reason FROM audit WHERE action = 'run.verify'"))
                .hasSize(2);
    }

    @Test
    void what_is_wanted_twice_is_one_and_every_row_has_each_table_in_it() {
        enter(Phase.CREATED, Phase.VERIFYING);
        long visits = ask(Optional.of("visits")).verification().id();
        assertThat(ask(Optional.of("visits")).verification().id()).isEqualTo(visits);
        long rooms = ask(Optional.of("rooms")).verification().id();
        long all = ask(ALL).verification().id();
        assertThat(List.of(visits, rooms, all)).doesNotHaveDuplicates();
        assertThat(ask(Optional.of("doctors")).verification().id()).isEqualTo(all);
        assertThat(claim().orders().demands())
                .containsExactly(
                        new Demand(visits, Optional.of("visits")),
                        new Demand(rooms, Optional.of("rooms")),
                        new Demand(all, ALL));
    }

    @Test
    void of_racing_demands_one_is_made() {
        enter(Phase.CREATED, Phase.SOAKING);
        List<Long> ids = await(Future.all(IntStream.range(0, 8)
                        .mapToObj(i -> verifications.ask("m", ALL, BY_TEST).map(answered -> answered.verification()
                                .id()))
                        .toList()))
                .list();
        assertThat(ids).hasSize(8);
        assertThat(Map.of("ids", ids).get("ids")).allMatch(ids.get(0)::equals);
        assertThat(newest()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "EXPANDING    | the run of m is in EXPANDING: rows are verified from VERIFYING on",
                "BACKFILLING  | the run of m is in BACKFILLING: rows are verified from VERIFYING on",
                "CONTRACTING  | the old side of m is being taken away",
                "ROLLING_BACK | the run of m is being rolled back",
                "DONE         | the run of m is over: DONE",
                "ROLLED_BACK  | the run of m is over: ROLLED_BACK",
            })
    void it_is_refused_where_there_is_nothing_to_compare(Phase phase, String because) throws Exception {
        enter(Phase.CREATED, phase);
        assertThatThrownBy(() -> ask(ALL)).isInstanceOf(Refused.class).hasMessageContaining(because);
        assertThat(newest()).isEmpty();
        assertThat(fixture.database.query("SELECT id FROM audit WHERE action = 'run.verify'"))
                .isEmpty();
    }

    @Test
    void it_is_refused_once_the_way_back_is_wanted_and_taken_while_the_run_is_paused() {
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        enter(Phase.ROLLING_OUT, Phase.PAUSED);
        long id = ask(ALL).verification().id();
        assertThat(claim().orders().demands()).containsExactly(new Demand(id, ALL));
        await(fixture.runs.wish("m", Wish.ROLL_BACK, BY_TEST));
        assertThatThrownBy(() -> ask(ALL)).isInstanceOf(Refused.class).hasMessageContaining("is being rolled back");
        assertThatThrownBy(() -> await(verifications.ask("none", ALL, BY_TEST))).isInstanceOf(Unknown.class);
    }

    @Test
    void it_ends_unmet_with_the_side_that_it_would_be_compared_with() {
        enter(Phase.CREATED, Phase.SOAKING);
        ask(ALL);
        enter(Phase.SOAKING, Phase.PAUSED);
        assertThat(newest().get(0).state()).isEqualTo(Verification.State.OPEN);
        enter(Phase.PAUSED, Phase.ROLLING_BACK);
        assertThat(newest().get(0).state()).isEqualTo(Verification.State.UNMET);
        assertThat(newest().get(0).unmet()).contains("for the test");
    }

    private Answered cancel(long id) {
        return await(verifications.cancel("m", id, new Change("bob", "the wrong night")));
    }

    @Test
    void what_is_cancelled_is_never_told_as_if_it_were_whole() throws Exception {
        enter(Phase.CREATED, Phase.SOAKING);
        Instant asked = fixture.clock.instant();
        long all = ask(ALL).verification().id();
        long visits = ask(Optional.of("visits")).verification().id();
        assertThat(visits).as("every row has it in it").isEqualTo(all);
        Claim inTheMiddle = claim();
        await(tell(inTheMiddle, new Demand.Met(all, 9, 4, 2, false)));
        fixture.clock.pass(Duration.ofMinutes(3));

        Verification ended = cancel(all).verification();
        assertThat(ended.state()).isEqualTo(Verification.State.UNMET);
        assertThat(ended.unmet()).contains("cancelled by bob: the wrong night");
        assertThat(ended.overAt()).contains(asked.plus(Duration.ofMinutes(3)));
        assertThat(List.of(ended.chunks(), ended.done(), ended.differences())).containsExactly(9L, 4L, 2L);
        assertThat(claim().orders().demands()).isEmpty();

        // A worker that has not heard of it yet does the rest, and says so.
        await(tell(inTheMiddle, new Demand.Met(all, 9, 9, 2, true)));
        assertThat(newest()).containsExactly(ended);

        assertThatThrownBy(() -> cancel(all))
                .isInstanceOf(Refused.class)
                .hasMessage("verification " + all + " of m is over already: cancelled by bob: the wrong night");
        assertThat(fixture.database.query(
                        "SELECT 1 FROM audit WHERE action = 'run.cancel-verification' AND subject = 'migration:m'"
                                + " AND actor = 'bob' AND reason = 'the wrong night' AND after ->> 'verification' = '"
                                + all
                                + "'"))
                .hasSize(1);
        assertThat(ask(ALL).verification().id()).as("wanted again").isGreaterThan(all);
    }

    @Test
    void only_what_is_under_way_in_this_run_can_be_cancelled() {
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        long rooms = ask(Optional.of("rooms")).verification().id();
        long visits = ask(Optional.of("visits")).verification().id();
        await(tell(claim(), new Demand.Met(rooms, 2, 2, 1, true)));
        assertThatThrownBy(() -> cancel(rooms))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("is over already: every row was verified");
        assertThat(newest().get(1).state()).isEqualTo(Verification.State.DONE);

        await(fixture.runs.start(Specs.spec("other", "other"), Specs.BUNDLE, BY_TEST));
        assertThatThrownBy(() -> await(verifications.cancel("other", visits, BY_TEST)))
                .isInstanceOf(Unknown.class)
                .hasMessage("there is no verification " + visits + " of the run of other");
        assertThatThrownBy(() -> await(verifications.cancel("none", visits, BY_TEST)))
                .isInstanceOf(Unknown.class);

        enter(Phase.ROLLING_OUT, Phase.PAUSED);
        assertThat(cancel(visits).verification().state()).isEqualTo(Verification.State.UNMET);
    }

    @Test
    void of_a_cancellation_and_the_worker_s_last_word_one_counts() {
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        for (int round = 0; round < 20; round++) {
            long id = ask(ALL).verification().id();
            Claim claim = claim();
            boolean cancelled = await(Future.join(
                            verifications
                                    .cancel("m", id, BY_TEST)
                                    .map(true)
                                    .recover(late -> late instanceof Refused
                                            ? Future.succeededFuture(false)
                                            : Future.failedFuture(late)),
                            tell(claim, new Demand.Met(id, 9, 9, 0, true)))
                    .map(both -> both.<Boolean>resultAt(0)));
            Verification ended = newest().get(0);
            assertThat(ended.state()).isEqualTo(cancelled ? Verification.State.UNMET : Verification.State.DONE);
            assertThat(ended.done()).isEqualTo(cancelled ? 0 : 9);
        }
    }

    @Test
    void whoever_has_lost_the_run_tells_nothing() throws Exception {
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        long id = ask(ALL).verification().id();
        Claim old = claim();
        await(fixture.claims.release(old));
        await(fixture.claims.claim("two", List.of("clinic"), Duration.ofMinutes(1)));
        assertThatThrownBy(() -> await(tell(old, new Demand.Met(id, 9, 9, 0, true))))
                .isInstanceOf(ClaimLost.class);
        assertThat(newest().get(0).state()).isEqualTo(Verification.State.OPEN);
    }
}
