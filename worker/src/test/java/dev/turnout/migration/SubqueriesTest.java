package dev.turnout.migration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubqueriesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            quoteCharacter = '`',
            value = {
                "old.x → old.x",
                "(SELECT 1) → (SELECT 1)",
                "(SELECT a FROM t) + 1 → (SELECT a FROM t LOCK) + 1",
                "f(EXTRACT(YEAR FROM old.x)) → f(EXTRACT(YEAR FROM old.x))",
                "(SELECT TRIM('(' FROM t.a) FROM t) → (SELECT TRIM('(' FROM t.a) FROM t LOCK)",
                "EXISTS (SELECT 1 FROM t WHERE t.a IN (SELECT b FROM u)) → EXISTS (SELECT 1 FROM t WHERE t.a IN (SELECT b FROM u LOCK) LOCK)",
                "(SELECT a FROM (SELECT b FROM u) AS d LIMIT 1) → (SELECT a FROM (SELECT b FROM u LOCK) AS d LIMIT 1 LOCK)",
                "(WITH c AS (SELECT b FROM u) SELECT b FROM c) → (WITH c AS (SELECT b FROM u LOCK) SELECT b FROM c LOCK)",
                "EXISTS ((SELECT a FROM t) UNION (SELECT b FROM u)) → EXISTS ((SELECT a FROM t LOCK) UNION (SELECT b FROM u LOCK))",
                "'(SELECT a FROM t)' → '(SELECT a FROM t)'",
            })
    void every_subquery_that_reads_a_table_is_locked(String expression, String locked) {
        assertThat(Subqueries.locked(expression, "LOCK")).isEqualTo(locked);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '→',
            value = {
                "(SELECT a FROM t UNION SELECT b FROM u) → true",
                "(SELECT a FROM t EXCEPT (SELECT b FROM u)) → true",
                "EXISTS ((SELECT a FROM t) UNION ALL (SELECT b FROM u)) → false",
                "(SELECT a FROM t WHERE t.b = 'x UNION y') → false",
            })
    void queries_put_together_without_parentheses_are_told(String expression, boolean joined) {
        assertThat(Subqueries.joined(expression)).isEqualTo(joined);
    }
}
