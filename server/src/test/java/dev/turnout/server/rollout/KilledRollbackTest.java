package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Decision.RollBack;
import dev.turnout.flags.rollout.Rollout.State;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever rolls back is killed between the decision and the commit, in turn right after each table it writes. A trigger
 * stops the transaction there until the test lets go of a lock.
 */
class KilledRollbackTest {
    private static final int LOCK = 4711;
    private static final List<String> TABLES = List.of("flag", "incident", "rollout", "guard", "decision", "audit");

    @ParameterizedTest
    @ValueSource(strings = {"flag", "incident", "rollout", "guard", "decision", "audit"})
    void aRollbackWhoseConnectionDiesHappensWholeAndOnce(String table) throws Exception {
        try (Story story = bad();
                Connection holder = story.fixture.database.connect()) {
            hold(story, holder, table);
            Future<Optional<Decision>> tick = story.tick.of(story.run());
            Awaitility.await().until(() -> {
                // It is tried again on a new connection, once.
                kill(story);
                return tick.isComplete();
            });
            letGo(story, holder, table);
            assertThat(tick.failed()).isTrue();
            untouched(story);
            wholeAndOnce(story);
        }
    }

    /** {@code -Dtest.excluded=none -Dtest=KilledRollbackTest}; a hundred unless {@code turnout.test.kills} says otherwise. */
    @Tag("slow")
    @Test
    void aHundredServersAreKilledInTheMidstOfARollback(@TempDir Path folder) throws Exception {
        int kills = Integer.getInteger("turnout.test.kills", 100);
        Path log = folder.resolve("servers.log");
        try (Story story = bad();
                Connection holder = story.fixture.database.connect()) {
            for (int kill = 0; kill < kills; kill++) {
                String table = TABLES.get(kill % TABLES.size());
                hold(story, holder, table);
                Process server = TickingProcess.start(story.fixture.settings, story.fixture.clock.instant(), log);
                try {
                    Awaitility.await().failFast(() -> !server.isAlive()).until(() -> !stopped(story)
                            .isEmpty());
                } finally {
                    server.destroyForcibly().waitFor();
                }
                letGo(story, holder, table);
                // Its transaction ends when PostgreSQL finds that nobody listens.
                Awaitility.await().until(() -> stopped(story).isEmpty() && othersAreGone(story));
                untouched(story);
                wholeAndOnce(story);
                again(story);
            }
            System.out.println(
                    kills + " servers killed between the decision and the commit of a rollback: none left half of it,"
                            + " none of them did it twice");
        }
    }

    /** On its first step, with a report that must take it back. */
    private static Story bad() throws SQLException {
        Story story = new Story();
        again(story);
        return story;
    }

    private static void again(Story story) {
        if (story.flag().rolledBack().isPresent()) {
            await(story.operator.acknowledge(Story.KEY, Story.OPERATOR));
        }
        story.pass(Duration.ofSeconds(5));
        story.toFirstStep();
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
        story.pass(Duration.ofSeconds(5));
        story.send(story.report(20, 0));
    }

    private static void hold(Story story, Connection holder, String table) throws SQLException {
        story.fixture.database.execute(
                "CREATE OR REPLACE FUNCTION stop_here() RETURNS trigger LANGUAGE plpgsql AS"
                        + " $$ BEGIN PERFORM pg_advisory_xact_lock(" + LOCK + "); RETURN NULL; END $$",
                "CREATE TRIGGER stop_here AFTER INSERT OR UPDATE ON " + table
                        + " FOR EACH ROW EXECUTE FUNCTION stop_here()");
        try (Statement statement = holder.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
        }
    }

    private static void letGo(Story story, Connection holder, String table) throws SQLException {
        try (Statement statement = holder.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock(" + LOCK + ")");
        }
        story.fixture.database.execute("DROP TRIGGER stop_here ON " + table);
    }

    private static List<String> stopped(Story story) throws SQLException {
        return story.fixture.database.query(
                "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = " + LOCK
                        + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
    }

    private static void kill(Story story) throws SQLException {
        for (String pid : stopped(story)) {
            story.fixture.database.query("SELECT pg_terminate_backend(" + pid + ")");
        }
    }

    private static boolean othersAreGone(Story story) throws SQLException {
        return story.fixture
                .database
                .query("SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND state IN ('active', 'idle in transaction') AND pid <> pg_backend_pid()")
                .isEmpty();
    }

    /** As if nobody had ever decided anything. */
    private static void untouched(Story story) throws SQLException {
        assertThat(story.flag().weight()).isEqualTo(new Weight(5_000));
        assertThat(story.flag().rolledBack()).isEmpty();
        assertThat(story.rollout().rollout().state()).isEqualTo(State.RUNNING);
        assertThat(open(story)).isZero();
        assertThat(story.fixture.database.one("SELECT count(*) FROM outcome_report"))
                .isEqualTo("1");
    }

    private static void wholeAndOnce(Story story) {
        int before = story.incidents().size();
        assertThat(story.tick()).containsInstanceOf(RollBack.class);
        story.tick();
        assertThat(story.flag().weight()).isEqualTo(Weight.NONE);
        assertThat(story.flag().rolledBack()).isPresent();
        assertThat(story.rollout().rollout().state()).isEqualTo(State.LATCHED);
        assertThat(open(story)).isEqualTo(1);
        assertThat(story.incidents()).hasSize(Math.min(10, before + 1));
        assertThatThrownBy(() -> await(story.operator.rollBack(Story.KEY, Story.OPERATOR)))
                .hasMessageContaining("already");
    }

    private static long open(Story story) {
        return await(story.fixture.incidents.unacknowledged(Story.KEY)).size();
    }
}
