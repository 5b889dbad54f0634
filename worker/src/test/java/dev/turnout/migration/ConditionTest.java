package dev.turnout.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {
    private static final Map<String, Double> NUMBERS =
            Map.of("total", 100.0, "failed", 3.0, "none", 0.0, "odd", Double.NaN);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "failed > 2                            | true",
                "failed >= 3 and total = 100           | true",
                "failed <> 3 OR total != 100           | false",
                "NOT failed < 2 * 1.5                  | true",
                "failed / total > 0.02                 | true",
                "failed + 2 * 10 = 23                  | true",
                "(failed + 2) * 10 = 50                | true",
                "10 - 3 - 2 = 5                        | true",
                "100 / 10 / 2 = 5                      | true",
                "-failed < - 2e0                       | true",
                "failed > 5 OR total < 5 AND failed = 3 | false",
                "(failed > 5 OR total > 5) AND failed = 3 | true",
                "(failed > 5)                          | false",
                "missing > 1                           | unknown",
                "odd > 1                               | unknown",
                "NOT odd > 1                           | unknown",
                "failed / none > 1                     | unknown",
                "missing > 1 AND failed > 5            | false",
                "missing > 1 AND failed > 1            | unknown",
                "missing > 1 OR failed > 1             | true",
                "missing > 1 OR failed > 5             | unknown",
                "1e308 * 10 > 1                        | unknown",
            })
    void aConditionHoldsOrNotOrIsUnknown(String text, String expected) {
        Optional<Boolean> holds = Condition.parse(text).holds(NUMBERS);
        assertThat(holds.map(String::valueOf).orElse("unknown")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "failed                | a comparison is wanted where a number stands",
                "failed > 1 > 2        | '>' is one too many",
                "(failed > 1) > 2      | a number is wanted where a comparison stands",
                "(failed > 1           | a parenthesis is left open",
                "failed > 1)           | ')' is one too many",
                "failed >              | it ends where a number is wanted",
                "> 1                   | a number is wanted where '>' stands",
                "failed > AND          | a number is wanted where 'AND' stands",
                "failed > 'x'          | ''x'' is neither a number, a name nor an operator",
                "failed > 1; DROP      | '; DROP' is neither",
                "NOT failed            | a comparison is wanted",
                "failed > 1 AND 3      | a comparison is wanted",
            })
    void whatIsNoConditionSaysWhy(String text, String because) {
        assertThatThrownBy(() -> Condition.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(because);
    }

    @Test
    void parenthesesWithoutEndAreRefusedInsteadOfFollowed() {
        assertThatThrownBy(() -> Condition.parse("(".repeat(100_000))).hasMessageContaining("longer than 500 words");
        assertThatThrownBy(() -> Condition.parse("")).hasMessageContaining("it ends");
    }

    @Test
    void itKnowsTheNumbersItIsAbout() {
        assertThat(Condition.parse("failed > 2 * baseline_failed and not total < 50")
                        .names())
                .containsExactlyInAnyOrder("failed", "baseline_failed", "total");
    }
}
