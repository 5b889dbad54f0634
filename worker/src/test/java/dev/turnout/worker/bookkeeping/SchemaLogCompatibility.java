package dev.turnout.worker.bookkeeping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.turnout.migration.Phase;
import dev.turnout.worker.bookkeeping.SchemaLog.What;
import dev.turnout.worker.bookkeeping.Steps.Kind;
import dev.turnout.worker.bookkeeping.Steps.Standing;
import dev.turnout.worker.bookkeeping.Steps.State;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.Work;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was done to the schema is told alike on every database; a subclass names the server. */
abstract class SchemaLogCompatibility {
    private final TestServer server;
    private final SetClock clock = new SetClock();
    private TestDatabase database;
    private Site site;

    SchemaLogCompatibility(TestServer server) {
        this.server = server;
    }

    @BeforeEach
    void open() throws SQLException {
        database = server.newDatabase();
        site = new Site(new TestSpec().spec(), 7, 1, 0, "a worker", database.database(), clock);
        Bookkeeping.enter(site);
    }

    @AfterEach
    void drop() throws SQLException {
        database.close();
    }

    private static Standing step(State state) {
        return new Standing(0, "add a table", "hash", state, List.of());
    }

    private static Work<Standing> running(String sql) {
        return connection -> {
            Sql.run(connection, sql);
            return step(State.APPLIED);
        };
    }

    private void apply(String sql) throws SQLException {
        SchemaChange.apply(site, Limits.DDL, Kind.EXPAND, step(State.BEGUN), running(sql));
    }

    private SchemaLog.Line last() throws SQLException {
        List<SchemaLog.Line> lines = SchemaLog.newest(site);
        return lines.get(lines.size() - 1);
    }

    @Test
    void a_change_is_told_with_the_failures_before_it_and_stays_when_it_is_taken_back() throws SQLException {
        for (int failures = 1; failures <= 2; failures++) {
            assertThatThrownBy(() -> apply("CREATE TABLE t (")).isInstanceOf(SQLException.class);
            assertThat(last().state()).isEqualTo(SchemaLog.State.FAILED);
            assertThat(last().failures()).isEqualTo(failures);
            assertThat(last().message()).containsIgnoringCase("syntax");
            assertThat(last().took()).isEmpty();
        }
        clock.pass(Duration.ofHours(1));
        apply("CREATE TABLE t (id int PRIMARY KEY)");
        assertThat(SchemaLog.newest(site)).hasSize(1);
        assertThat(last().state()).isEqualTo(SchemaLog.State.APPLIED);
        assertThat(last().failures()).isEqualTo(2);
        assertThat(last().at()).as("of the attempt that did it").isEqualTo(clock.instant());
        assertThat(last().took()).hasValueSatisfying(took -> assertThat(took).isLessThan(Duration.ofMinutes(1)));
        assertThat(last().database()).isEqualTo(database.name());

        clock.pass(Duration.ofHours(1));
        SchemaChange.undo(site, Limits.DDL, Kind.EXPAND, 0, running("DROP TABLE t"));
        assertThat(SchemaLog.newest(site))
                .extracting(SchemaLog.Line::what, SchemaLog.Line::state)
                .containsExactly(
                        tuple(new What(Phase.EXPANDING, 0, "add a table", false), SchemaLog.State.APPLIED),
                        tuple(new What(Phase.EXPANDING, 0, "add a table", true), SchemaLog.State.APPLIED));
        assertThat(last().took()).isPresent();
    }

    @Test
    void what_was_there_took_no_time_and_what_is_begun_may_be_taken_back_instead() throws SQLException {
        record(step(State.ADOPTED));
        assertThat(last().state()).isEqualTo(SchemaLog.State.ADOPTED);
        assertThat(last().took()).isEmpty();

        Standing index = new Standing(1, "build an index", "hash", State.BEGUN, List.of());
        record(index);
        record(index);
        assertThat(SchemaLog.newest(site)).hasSize(2);
        assertThat(last().state()).isEqualTo(SchemaLog.State.BEGUN);
        SchemaChange.undo(site, Limits.DDL, Kind.EXPAND, 1, connection -> index);
        assertThat(SchemaLog.newest(site))
                .extracting(line -> line.what().undo(), SchemaLog.Line::state)
                .containsExactly(
                        tuple(false, SchemaLog.State.ADOPTED),
                        tuple(false, SchemaLog.State.CUT),
                        tuple(true, SchemaLog.State.APPLIED));
    }

    @Test
    void a_change_without_a_step_is_told_too_and_that_of_another_run_is_not() throws SQLException {
        What check = new What(Phase.VERIFYING, 0, "ADD CONSTRAINT c", false);
        assertThatThrownBy(() -> SchemaChange.logged(site, Limits.DDL, check, running("nonsense")))
                .isInstanceOf(SQLException.class);
        SchemaChange.logged(site, Limits.DDL, check, connection -> check);
        assertThat(last().what()).isEqualTo(check);
        assertThat(last().state()).isEqualTo(SchemaLog.State.APPLIED);
        assertThat(last().failures()).isEqualTo(1);
        Site other = new Site(site.spec(), 8, 1, 0, "a worker", database.database(), clock);
        assertThat(SchemaLog.newest(other)).isEmpty();
    }

    /** Whoever drives no longer is told so, and nothing is written. */
    @Test
    void under_an_older_epoch_nothing_is_told() throws SQLException {
        Bookkeeping.enter(new Site(site.spec(), 7, 2, 0, "another", database.database(), clock));
        assertThatThrownBy(() -> apply("CREATE TABLE t (id int PRIMARY KEY)")).isInstanceOf(StaleEpoch.class);
        assertThat(SchemaLog.newest(site)).isEmpty();
    }

    private void record(Standing step) throws SQLException {
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Steps.record(connection, site, Kind.EXPAND, step);
            return step;
        });
    }
}
