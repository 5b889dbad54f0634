package dev.turnout.server.control;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.worker.write.Outcome;
import dev.turnout.worker.write.Outcome.Verdict;
import dev.turnout.worker.write.Write;
import dev.turnout.worker.write.Write.Op;
import dev.turnout.worker.write.WriteBoard.Claimed;
import dev.turnout.worker.write.WriteBoard.Finished;
import io.vertx.core.Future;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WriteStoreTest {
    private static final List<String> CLINIC = List.of("clinic");
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Caller APP = new Caller("booking", Set.of(Role.WRITE));
    private static final Outcome DONE = new Outcome(Verdict.APPLIED, "", "both sides hold it");

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

    private static Write write(String id, String notes) {
        return new Write(
                Side.OLD,
                "reservations",
                Op.UPSERT,
                Map.of("id", id),
                Map.of("notes", Optional.of(notes), "phone", Optional.empty()));
    }

    private StoredWrite accept(String key, Write write) {
        return await(fixture.writes.accept(run, key, write, APP));
    }

    private List<Claimed> claim(String worker) {
        return await(fixture.writes.claim(worker, CLINIC, LEASE, 10));
    }

    private static List<String> keys(List<Claimed> claimed) {
        return claimed.stream().map(Claimed::key).sorted().toList();
    }

    @Test
    void a_key_is_of_one_write_for_ever() {
        StoredWrite first = accept("k", write("1", "a"));
        assertThat(first.outcome()).isEmpty();
        assertThat(first.acceptedFrom()).isEqualTo("booking");
        assertThat(accept("k", write("1", "a"))).isEqualTo(first);
        assertThatThrownBy(() -> accept("k", write("1", "b"))).isInstanceOf(KeyReused.class);
        assertThatThrownBy(() -> accept("k", write("2", "a"))).isInstanceOf(KeyReused.class);
        assertThatThrownBy(() -> await(fixture.writes.find("m", "k", write("2", "a"))))
                .isInstanceOf(KeyReused.class);
        assertThat(await(fixture.writes.find("m", "other", write("2", "a")))).isEmpty();

        Claimed claimed = claim("one").get(0);
        assertThat(claimed.write()).isEqualTo(write("1", "a"));
        assertThat(claimed.phase()).isEqualTo(Phase.CREATED);
        await(fixture.writes.finish(claimed, DONE));
        assertThat(accept("k", write("1", "a")).outcome()).contains(DONE);
        assertThat(claim("one")).isEmpty();
    }

    @Test
    void sent_by_ten_at_once_it_is_accepted_once() throws SQLException {
        await(Future.all(IntStream.range(0, 10)
                .mapToObj(i -> fixture.writes.accept(run, "k", write("1", "a"), APP))
                .toList()));
        assertThat(fixture.database.one("SELECT count(*) FROM outbox")).isEqualTo("1");
    }

    @Test
    void of_five_workers_each_write_goes_to_one_and_of_a_row_only_the_first() {
        for (int i = 0; i < 12; i++) {
            accept("k" + i, write(Integer.toString(i % 4), "n" + i));
        }
        List<List<Claimed>> claimed = await(Future.all(IntStream.range(0, 5)
                        .mapToObj(i -> fixture.writes.claim("worker " + i, CLINIC, LEASE, 2))
                        .toList()))
                .list();
        List<Claimed> all = claimed.stream().flatMap(List::stream).toList();
        assertThat(keys(all)).containsExactly("k0", "k1", "k2", "k3");

        await(fixture.writes.finish(all.get(0), DONE));
        List<Claimed> next = claim("one");
        assertThat(next).hasSize(1);
        assertThat(next.get(0).write().key()).isEqualTo(all.get(0).write().key());
        assertThat(claim("two")).isEmpty();
    }

    @Test
    void a_poisoned_row_waits_and_holds_up_nobody_but_its_own_later_writes() throws SQLException {
        accept("poison", write("1", "a"));
        accept("behind", write("1", "b"));
        accept("other", write("2", "a"));
        List<Claimed> claimed = claim("one");
        assertThat(keys(claimed)).containsExactly("other", "poison");
        Claimed poison = claimed.stream()
                .filter(each -> each.key().equals("poison"))
                .findFirst()
                .orElseThrow();
        await(fixture.writes.postpone(poison, Duration.ofHours(1), "clinic: LOCK_TIMEOUT (55P03)"));
        assertThat(claim("one")).isEmpty();
        assertThat(await(fixture.writes.find("m", "poison")).orElseThrow().waitingFor())
                .isEqualTo("clinic: LOCK_TIMEOUT (55P03)");

        fixture.database.execute("UPDATE outbox SET free_at = clock_timestamp()");
        Claimed again = claim("two").stream()
                .filter(each -> each.key().equals("poison"))
                .findFirst()
                .orElseThrow();
        assertThat(again.claim()).isEqualTo(2);
        await(fixture.writes.finish(again, new Outcome(Verdict.REFUSED, "22P02", "bad")));
        assertThat(keys(claim("one"))).containsExactly("behind");
    }

    @Test
    void what_a_worker_says_after_its_lease_is_passed_over() throws SQLException {
        accept("k", write("1", "a"));
        Claimed late = claim("one").get(0);
        fixture.database.execute("UPDATE outbox SET free_at = clock_timestamp()");
        Claimed present = claim("two").get(0);
        await(fixture.writes.finish(late, DONE));
        await(fixture.writes.postpone(late, Duration.ZERO, "x"));
        assertThat(await(fixture.writes.find("m", "k")).orElseThrow().outcome()).isEmpty();
        assertThat(claim("three")).isEmpty();
        await(fixture.writes.finish(present, DONE));
        await(fixture.writes.finish(present, new Outcome(Verdict.REFUSED, "", "again")));
        assertThat(await(fixture.writes.find("m", "k")).orElseThrow().outcome()).contains(DONE);
    }

    @Test
    void a_worker_is_given_writes_of_its_own_databases_only() {
        accept("k", write("1", "a"));
        assertThat(await(fixture.writes.claim("one", List.of("warehouse"), LEASE, 10)))
                .isEmpty();
    }

    @Test
    void finished_writes_go_by_their_age_and_waiting_ones_never() throws SQLException {
        accept("old", write("1", "a"));
        accept("young", write("2", "a"));
        claim("one").forEach(each -> await(fixture.writes.finish(each, DONE)));
        accept("waiting", write("3", "a"));
        fixture.database.execute("UPDATE outbox SET finished_at = clock_timestamp() - interval '8 days'"
                + " WHERE idempotency_key = 'old'");
        List<Finished> finished = await(fixture.writes.finished(CLINIC, Duration.ofDays(7), 10));
        assertThat(finished).hasSize(1);
        assertThat(finished.get(0).key()).isEqualTo("old");
        await(fixture.writes.forget(finished));
        await(fixture.writes.forget(List.of()));
        assertThat(fixture.database.query("SELECT idempotency_key FROM outbox ORDER BY id"))
                .containsExactly("young", "waiting");
    }
}
