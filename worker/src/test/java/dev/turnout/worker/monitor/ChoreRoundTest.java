package dev.turnout.worker.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Chore;
import dev.turnout.worker.monitor.ChoreBoard.Round;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChoreRoundTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String DELETE =
            "DELETE FROM states WHERE id IN (SELECT id FROM states WHERE expires_at < :now ORDER BY id LIMIT 100)";

    private TestDatabase db;

    @BeforeEach
    void open() throws SQLException {
        db = TestPostgres.newDatabase();
        db.execute(
                "CREATE TABLE states (id int PRIMARY KEY, expires_at timestamptz NOT NULL)",
                "INSERT INTO states SELECT i, timestamptz '2026-03-01T12:00Z' + (i - 250) * interval '1 minute'"
                        + " FROM generate_series(1, 400) i");
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private Round run(String sql, int batches) {
        return ChoreRound.run(
                db.database(), new Chore("c", Duration.ofMinutes(15), Duration.ofMillis(2500), sql, batches), NOW);
    }

    private String left() throws SQLException {
        return db.one("SELECT count(*) FROM states");
    }

    @Test
    void a_change_is_repeated_until_there_is_nothing_left_to_change() throws SQLException {
        assertThat(run(DELETE, 10))
                .returns(249L, Round::rows)
                .returns(false, Round::failed)
                .returns("249 rows changed", Round::because)
                .returns(NOW, Round::at);
        assertThat(left()).isEqualTo("151");
        assertThat(run(DELETE, 10).because()).isEqualTo("0 rows changed");
    }

    @Test
    void a_change_stops_at_its_limit_and_says_so() throws SQLException {
        assertThat(run(DELETE, 2).because()).isEqualTo("200 rows changed in 2 batches; the rest is for the next time");
        assertThat(left()).isEqualTo("200");
    }

    @Test
    void a_change_that_is_blocked_keeps_what_it_has_done_and_gives_way() throws SQLException {
        try (Connection connection = db.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT * FROM states WHERE id = 150 FOR UPDATE");
            Round round = run(DELETE, 10);
            assertThat(round.failed()).isTrue();
            assertThat(round.rows()).isEqualTo(100);
            assertThat(round.because())
                    .startsWith("100 rows changed, then a statement failed: canceling statement due to lock");
        }
        assertThat(left()).isEqualTo("300");
    }

    @Test
    void a_query_lists_its_first_rows_and_counts_them_all() {
        Round round = run("SELECT id, expires_at < :now AS over FROM states ORDER BY id", 0);
        assertThat(round.rows()).isEqualTo(400);
        assertThat(round.listed()).hasSize(100).first().isEqualTo(Map.of("id", "1", "over", "t"));
        assertThat(round.because()).isEqualTo("400 rows found");
    }

    @Test
    void a_query_cannot_write_and_ends_at_its_timeout() throws SQLException {
        db.execute("CREATE FUNCTION sneak() RETURNS int LANGUAGE sql AS 'DELETE FROM states RETURNING 1'");
        assertThat(run("SELECT sneak()", 0))
                .returns(true, Round::failed)
                .returns(
                        "a statement failed: cannot execute DELETE in a read-only transaction Where: SQL function"
                                + " \"sneak\" statement 1",
                        Round::because);
        assertThat(run("SELECT pg_sleep(5)", 0).because()).isEqualTo("a statement took longer than 2500 ms");
        assertThat(left()).isEqualTo("400");
    }
}
