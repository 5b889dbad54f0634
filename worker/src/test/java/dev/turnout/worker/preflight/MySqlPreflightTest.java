package dev.turnout.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Assertion;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Move;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What MySQL would stumble over later is refused before the first change, all of it at once. */
class MySqlPreflightTest {
    private TestDatabase db;

    @BeforeEach
    void open() throws SQLException {
        db = TestServer.MYSQL.newDatabase();
        db.execute(
                "CREATE TABLE parents (id int PRIMARY KEY)",
                "CREATE TABLE t (id int PRIMARY KEY, kind enum('a', 'b') NOT NULL UNIQUE, parent int NULL, a varchar(10),"
                        + " len int GENERATED ALWAYS AS (char_length(a)) STORED, FOREIGN KEY (parent) REFERENCES parents"
                        + " (id) ON DELETE SET NULL)");
    }

    @AfterEach
    void close() throws SQLException {
        db.close();
    }

    private static Move move(String key, Map<String, String> up, Map<String, Move.Down> down) {
        return new Move("t", List.of(key), up, down, List.of(), Map.of(), 100);
    }

    private List<String> problems(TestSpec spec) throws SQLException {
        return Preflight.inspect(spec.spec(), db.database()).problems();
    }

    private static ExpandStep.Columns columns(String name, String type) {
        return new ExpandStep.Columns("t", Map.of(name, type));
    }

    @Test
    void a_sound_spec_leaves_no_problem_and_no_trace() throws SQLException {
        assertThat(problems(new TestSpec()
                        .expand(columns("b", "varchar(20)"))
                        .move(move("id", Map.of("b", "upper(old.a)"), Map.of("a", down("lower(new.b)"))))
                        .verify(new Assertion.NoRow("b follows", "SELECT id FROM t WHERE b <> upper(a)"))))
                .isEmpty();
        assertThat(db.query("SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'turnout%'"))
                .isEmpty();
        assertThat(db.one("SELECT count(*) FROM information_schema.columns WHERE table_schema = database()"
                        + " AND column_name = 'b'"))
                .isEqualTo("0");
    }

    private static Move.Down down(String from) {
        return new Move.Down(from, Optional.empty());
    }

    @Test
    void what_the_catalogue_says_against_it_is_named() throws SQLException {
        assertThat(problems(new TestSpec()
                        .move(
                                move("kind", Map.of("b", "old.parent + old.len"), Map.of("gone", down("new.b"))),
                                new Move("absent", List.of("id"), Map.of("b", "1"), Map.of(), List.of(), Map.of(), 1))))
                .anySatisfy(problem -> assertThat(problem).contains("the key column t.kind is of the type enum"))
                .anySatisfy(problem -> assertThat(problem).contains("ON DELETE SET NULL), and no trigger fires"))
                .anySatisfy(problem -> assertThat(problem).contains("reads the generated column len"))
                .anySatisfy(problem -> assertThat(problem).contains("down names gone, which is not in t"))
                .anySatisfy(problem -> assertThat(problem).contains("there is no table absent"));
    }

    @Test
    void every_expression_that_does_not_plan_is_named() throws SQLException {
        Map<String, String> up = new LinkedHashMap<>();
        up.put("b", "old.nonsense");
        up.put("c", "uuid()");
        assertThat(problems(new TestSpec()
                        .expand(columns("b", "varchar(20)"), columns("c", "varchar(40)"))
                        .move(move("id", up, Map.of("a", down("lower(new.wrong)"))))
                        .verify(new Assertion.NoRow("broken", "SELECT id FROM nowhere"))))
                .anySatisfy(problem -> assertThat(problem).contains("up of t.b").contains("nonsense"))
                .anySatisfy(problem -> assertThat(problem).contains("up of t.c uses uuid"))
                .anySatisfy(problem -> assertThat(problem).contains("down of t.a").contains("wrong"))
                .anySatisfy(problem -> assertThat(problem).contains("verify 'broken'").contains("nowhere"));
        assertThat(db.query("SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'turnout%'"))
                .isEmpty();
    }
}
