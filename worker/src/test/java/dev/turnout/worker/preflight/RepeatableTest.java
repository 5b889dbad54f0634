package dev.turnout.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatableTest {
    private static TestDatabase database;

    @BeforeAll
    static void functions() throws SQLException {
        database = TestPostgres.newDatabase();
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, name text, at timestamptz)",
                "CREATE SEQUENCE counter",
                "CREATE FUNCTION pure(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT upper($1)'",
                "CREATE FUNCTION unsaid(text) RETURNS text LANGUAGE sql AS 'SELECT upper($1)'",
                "CREATE FUNCTION liar(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1 || now()'",
                "CREATE FUNCTION keyword() RETURNS date LANGUAGE plpgsql STABLE AS 'BEGIN RETURN current_date; END'",
                "CREATE FUNCTION outer_liar(text) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN liar($1); END'",
                "CREATE FUNCTION looks_up(int) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM t WHERE id = $1'",
                "CREATE FUNCTION recursive(n int) RETURNS int LANGUAGE plpgsql STABLE AS"
                        + " 'BEGIN RETURN CASE WHEN n < 1 THEN 0 ELSE recursive(n - 1) END; END'",
                "CREATE FUNCTION roll(int, int) RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 4'",
                "CREATE OPERATOR @@# (LEFTARG = int, RIGHTARG = int, FUNCTION = roll)",
                "CREATE FUNCTION parsed() RETURNS float LANGUAGE sql STABLE BEGIN ATOMIC SELECT random(); END");
    }

    @AfterAll
    static void close() throws SQLException {
        database.close();
    }

    private static List<Repeatable.Objection> objections(String expression) throws SQLException {
        return database.database()
                .transaction(
                        Limits.BOOKKEEPING,
                        connection -> Repeatable.objections(
                                connection, "SELECT (" + expression + ") AS value FROM t AS old"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "now()                                       | now",
                "clock_timestamp()                           | clock_timestamp",
                "CURRENT_TIMESTAMP                           | current_timestamp",
                "old.at > current_date                       | current_date",
                "localtimestamp(0)                           | localtimestamp",
                "random()                                    | random",
                "gen_random_uuid()                           | gen_random_uuid",
                "nextval('counter')                          | nextval",
                "current_setting('TimeZone')                 | current_setting",
                "current_user                                | current_user",
                "age(old.at)                                 | current_date, called by age(timestamp with time zone)",
                "(SELECT max(random()) FROM t)               | random",
                "unsaid(old.name)                            | unsaid(text)",
                "liar(old.name)                              | now, called by liar(text)",
                "outer_liar(old.name)                        | now, called by liar(text), called by outer_liar(text)",
                "keyword()                                   | current_date, called by keyword()",
                "old.id @@# 3                                | roll(integer,integer)",
                "parsed()                                    | random, called by parsed()"
            })
    void what_gives_another_value_next_time_is_named(String expression, String function) throws SQLException {
        assertThat(objections(expression))
                .extracting(Repeatable.Objection::function)
                .containsExactly(function);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "upper(old.name)",
                "pure(old.name)",
                "looks_up(old.id)",
                "recursive(old.id)",
                "(SELECT count(*) FROM t WHERE t.id <= old.id)",
                "'now()'",
                "md5(old.name)::uuid",
                "to_char(old.at AT TIME ZONE 'UTC', 'YYYY')"
            })
    void what_depends_on_the_row_alone_passes(String expression) throws SQLException {
        assertThat(objections(expression)).isEmpty();
    }

    @Test
    void every_function_is_named_with_how_to_mend_it() throws SQLException {
        assertThat(objections("unsaid(old.name) || random() || now()"))
                .extracting(Repeatable.Objection::mend)
                .anySatisfy(mend -> assertThat(mend).contains("ALTER FUNCTION unsaid(text) STABLE"))
                .anySatisfy(mend -> assertThat(mend).contains("id map"))
                .anySatisfy(mend -> assertThat(mend).contains("column of the row"));
    }

    @Test
    void where_no_catalogue_can_be_asked_names_decide() {
        assertThat(Repeatable.byName("CONCAT(old.name, UUID(), rand()) || 'now()' || CURRENT_TIMESTAMP"))
                .extracting(Repeatable.Objection::function)
                .containsExactlyInAnyOrder("uuid", "rand", "current_timestamp");
    }
}
