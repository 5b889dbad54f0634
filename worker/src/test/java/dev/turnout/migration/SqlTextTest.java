package dev.turnout.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "old.service → service",
                "OLD.Service::text → service",
                "old.\"preferredTime\" → preferredTime",
                "old . \"a \"\"b\"\"\" → a \"b\"",
                "\"old\".x + old.y → x,y",
                "(SELECT s.id FROM services s WHERE s.code = old.code::text) → code",
                "'old.x' || old.y → y",
                "'it''s old.x' || old.y → y",
                "E'\\' old.x' || old.y → y",
                "'\\' || old.y || 'old.x' → y",
                "$$old.x$$ || old.y → y",
                "$a$ $b$ old.x $b$ $a$ || old.y → y",
                "/* old.x /* old.z */ old.w */ old.y → y",
                "old.y -- old.x → y",
                "s.old.x → ``",
                "bold.x + old_.x + $1 → ``",
                "old.가나 → 가나",
                "old.ÄRGER → Ärger",
                "U&'old.x' || old.y → y",
                "old.a$b → a$b",
                "1.old.x + old.y → y",
            })
    void the_columns_an_expression_mentions(String expression, String columns) {
        assertThat(String.join(",", SqlText.columns(expression, "old"))).isEqualTo(columns);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "to_jsonb(old) → true",
                "(old).x → true",
                "ROW(old.*) → true",
                "old.x → false",
                "'old' || old.x → false",
                "t.old → false",
                "\"Old\" → false",
            })
    void a_mention_of_the_whole_row_is_seen(String expression, boolean mentioned) {
        assertThat(SqlText.mentionsRow(expression, "old")).isEqualTo(mentioned);
    }

    @Test
    void a_script_is_cut_where_its_statements_end() {
        String script = """
                -- first; comment
                CREATE TABLE a (x text DEFAULT ';');
                ;
                CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN PERFORM 1; RETURN 1; END $f$;
                CREATE FUNCTION g(i int) RETURNS int BEGIN ATOMIC SELECT CASE i WHEN 1 THEN 2 END; SELECT i; END;
                CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2);
                SELECT ";" FROM a /* ; */ WHERE x = E'\\';'; -- done;
                """;
        assertThat(SqlText.statements(script))
                .containsExactly(
                        "CREATE TABLE a (x text DEFAULT ';')",
                        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN PERFORM 1; RETURN 1; END $f$",
                        "CREATE FUNCTION g(i int) RETURNS int BEGIN ATOMIC SELECT CASE i WHEN 1 THEN 2 END; SELECT i; END",
                        "CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2)",
                        "SELECT \";\" FROM a /* ; */ WHERE x = E'\\';'");
    }

    @Test
    void parameters_are_bound_and_nothing_else_is() {
        SqlText.Bound bound = SqlText.bind(
                "SELECT ':now', \":now\", x::now, a[1:2], j ? 'k', :other FROM t -- :now?\nWHERE at > :now AND at < :NOW",
                Set.of("now"));
        assertThat(bound.sql())
                .isEqualTo("SELECT ':now', \":now\", x::now, a[1:2], j ?? 'k', :other FROM t -- :now?\n"
                        + "WHERE at > ? AND at < ?");
        assertThat(bound.parameters()).containsExactly("now", "now");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "SELECT 'x → a string",
                "SELECT $q$ x $p$ → a string",
                "SELECT \"x → a quoted name",
                "SELECT 1 /* /* */ → a comment",
            })
    void what_is_not_closed_is_named(String sql, String what) {
        assertThat(SqlText.leavesOpen(sql)).hasValue(what);
    }

    @Property
    void text_in_quotes_hides_whatever_it_holds(@ForAll("sqlish") String text) {
        String quoted = "'" + text.replace("'", "''") + "' || " + "\"" + text.replace("\"", "\"\"") + "\"";
        assertThat(SqlText.columns(quoted, "old")).isEmpty();
        assertThat(SqlText.statements(quoted + ";" + quoted)).containsExactly(quoted, quoted);
        assertThat(SqlText.bind(quoted, Set.of("now"))).isEqualTo(new SqlText.Bound(quoted, List.of()));
    }

    @Property
    void tokens_never_overlap_and_never_fail(@ForAll("sqlish") String text) {
        int end = 0;
        for (SqlTokens.Token token : SqlTokens.of(text)) {
            assertThat(token.start()).isGreaterThanOrEqualTo(end);
            assertThat(token.end()).isGreaterThan(token.start()).isLessThanOrEqualTo(text.length());
            end = token.end();
        }
    }

    /** Text of the pieces that matter to a tokenizer. */
    @Provide
    Arbitrary<String> sqlish() {
        return Arbitraries.of(
                        "'", "''", "\"", "$$", "$a$", "$1", "/*", "*/", "--", "\n", "\\", "E'", ";", ":now", "::", "?",
                        "old.x", "old", "(", ")", "1", " ", "a", "U&")
                .list()
                .ofMaxSize(12)
                .map(pieces -> String.join("", pieces));
    }
}
