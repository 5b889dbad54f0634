package dev.turnout.server.demo;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.Side;
import dev.turnout.migration.SpecReader;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.ControlUnreachable;
import dev.turnout.server.control.OutcomeUnknown;
import dev.turnout.server.control.Role;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.StoredWrite;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.write.Outcome.Verdict;
import dev.turnout.worker.write.Write;
import dev.turnout.worker.write.Write.Op;
import dev.turnout.worker.write.WriteVerticle;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The outbox and the verticle that works it, on a run that has not begun: the old side alone takes writes. */
class WriteVerticleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Caller APP = new Caller("app", Set.of(Role.WRITE));

    private ControlFixture control;
    private TestDatabase clinic;
    private Run run;

    @BeforeEach
    void start() throws SQLException, IOException {
        control = ControlFixture.open();
        clinic = Clinic.legacy(10);
        Bundle bundle = Hospital.hurriedBundle();
        run = ControlFixture.await(control.runs.start(SpecReader.read(bundle).orThrow(), bundle, BY_TEST));
        deploy();
    }

    private void deploy() {
        ControlFixture.await(control.vertx.deployVerticle(new WriteVerticle(
                control.writes,
                Map.of("clinic", clinic.database()),
                new Pace(control.clock, 1, Duration.ofMillis(100)),
                "a worker")));
    }

    @AfterEach
    void close() throws SQLException {
        control.close();
        clinic.close();
    }

    private void leave(String key, long row, String column, String value) {
        Write write = new Write(
                Side.OLD,
                "reservations",
                Op.UPSERT,
                Map.of("id", Long.toString(row)),
                Map.of(column, Optional.of(value)));
        for (int attempt = 1; ; attempt++) {
            try {
                ControlFixture.await(control.writes.accept(run, key, write, APP));
                return;
            } catch (ControlUnreachable | OutcomeUnknown e) {
                // As a client does: with the same key a repetition is harmless.
                assertThat(attempt).isLessThan(10);
            }
        }
    }

    private StoredWrite found(String key) {
        return ControlFixture.await(control.writes.find(run.migration(), key)).orElseThrow();
    }

    private Verdict verdict(String key) {
        await().atMost(PATIENCE).until(() -> found(key).outcome().isPresent());
        return found(key).outcome().orElseThrow().verdict();
    }

    @Test
    void a_locked_row_waits_a_bad_write_is_refused_and_all_others_go_on() throws SQLException {
        try (Connection application = clinic.connect()) {
            application.setAutoCommit(false);
            application.createStatement().execute("SELECT FROM reservations WHERE id = 1 FOR UPDATE");
            leave("locked", 1, "notes", "first");
            leave("behind", 1, "notes", "second");
            leave("bad", 2, "birth_date", "never");
            leave("after-bad", 2, "notes", "n");
            assertThat(verdict("after-bad")).isEqualTo(Verdict.APPLIED);
            assertThat(verdict("bad")).isEqualTo(Verdict.REFUSED);
            await().atMost(PATIENCE).until(() -> found("locked").waitingFor().contains("LOCK_TIMEOUT"));
            assertThat(found("behind").attempts()).isZero();
        }
        assertThat(verdict("behind")).isEqualTo(Verdict.APPLIED);
        assertThat(clinic.one("SELECT notes FROM reservations WHERE id = 1")).isEqualTo("second");
    }

    @Test
    void dead_connections_cost_an_attempt_and_no_write() throws SQLException {
        for (int i = 0; i < 40; i++) {
            leave("w" + i, 1 + i % 5, "notes", "n" + i);
            if (i % 10 == 5) {
                for (TestDatabase database : new TestDatabase[] {clinic, control.database}) {
                    database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
                }
            }
        }
        for (int i = 0; i < 40; i++) {
            assertThat(verdict("w" + i)).isEqualTo(Verdict.APPLIED);
        }
        assertThat(clinic.query("SELECT notes FROM reservations WHERE id <= 5 ORDER BY id"))
                .containsExactly("n35", "n36", "n37", "n38", "n39");
    }

    @Test
    void a_week_after_it_was_finished_a_write_is_forgotten_on_both_sides() throws SQLException {
        leave("old", 1, "notes", "o");
        leave("young", 2, "notes", "y");
        verdict("old");
        verdict("young");
        control.database.execute("UPDATE outbox SET finished_at = clock_timestamp() - interval '8 days'"
                + " WHERE idempotency_key = 'old'");
        // Each worker sweeps when it starts.
        deploy();
        await().atMost(PATIENCE).until(() -> ControlFixture.await(control.writes.find(run.migration(), "old"))
                .isEmpty());
        assertThat(clinic.query("SELECT idempotency_key FROM turnout.applied_write"))
                .containsExactly("young");
        assertThat(found("young").outcome()).isPresent();
    }
}
