package dev.turnout.server.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.control.AlertRule.Action;
import dev.turnout.server.control.AlertRule.Arm;
import dev.turnout.server.control.AlertRule.Attribution;
import dev.turnout.server.control.AlertRule.Bounds;
import dev.turnout.server.control.AlertRule.Terms;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the texts of a rule mean, and what is wrong with them. */
class RuleTextTest {
    private static final Map<String, String> LABELS = Map.of(
            "flag", "checkout", "service", "shop", "star", "*", "empty", "", "path", "a/b", "long", "x".repeat(101));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "checkout                        | One[key=checkout]",
                "${labels.flag}                  | One[key=checkout]",
                "${labels.service}-${labels.flag}.x | One[key=shop-checkout.x]",
                "${labels.service}-*             | Beginning[prefix=shop-]",
                "*                               | Beginning[prefix=]",
                "${labels.star}                  | Nothing[because=its label star cannot be a part of a flag's key]",
                "${labels.path}                  | Nothing[because=its label path cannot be a part of a flag's key]",
                "${labels.empty}*                | Nothing[because=it has no label empty]",
                "${labels.missing}*              | Nothing[because=it has no label missing]",
                "${labels.long}                  | Nothing[because=its labels make no flag's key]",
            })
    void a_rule_names_flags_and_no_label_can_name_more(String text, String name) {
        assertThat(FlagName.isSound(text)).isTrue();
        assertThat(FlagName.of(text, LABELS)).hasToString(name);
    }

    @ParameterizedTest
    @CsvSource({"''", "a*b", "**", "a b", "${flag}", "${labels.}", "${labels.a-b}", "$", "a/b"})
    void what_names_no_flag_is_refused(String text) {
        assertThat(FlagName.isSound(text)).isFalse();
    }

    @Test
    @Timeout(5)
    void an_expression_that_goes_astray_fits_nothing_and_takes_no_time() {
        assertThat(LabelMatch.fits(Map.of("a", "(x+x+)+y"), Map.of("a", "x".repeat(200))))
                .isFalse();
        assertThat(LabelMatch.fits(Map.of("a", "(x|x)*"), Map.of("a", "x".repeat(1000))))
                .isTrue();
        assertThat(LabelMatch.fits(Map.of("a", ".*"), Map.of("a", "x".repeat(1001))))
                .isFalse();
    }

    @Test
    void an_expression_is_for_the_whole_of_a_label_and_a_label_that_is_not_there_is_empty() {
        assertThat(LabelMatch.fits(Map.of("a", "b"), Map.of("a", "abc"))).isFalse();
        assertThat(LabelMatch.fits(Map.of("a", "b|"), Map.of())).isTrue();
        assertThat(LabelMatch.fits(Map.of("a", ".+"), Map.of())).isFalse();
        assertThat(LabelMatch.fits(Map.of("a", ".+"), Map.of("a", "two\nlines")))
                .isTrue();
    }

    @Test
    void everything_wrong_with_a_rule_is_told_at_once() {
        Terms terms = new Terms(
                true,
                Map.of("0", "(", "long", "x".repeat(501)),
                "a b",
                Attribution.LATEST,
                Action.ROLLBACK,
                new Bounds(Duration.ofHours(25), Duration.ZERO, Duration.ofSeconds(-1)),
                new Arm("a-b", false),
                false);

        assertThat(RuleCheck.problems(terms))
                .hasSize(8)
                .anyMatch(problem -> problem.startsWith("match.0 is no name"))
                .anyMatch(problem -> problem.startsWith("match.0 is no regular expression: Unclosed group"))
                .anyMatch(problem -> problem.startsWith("match.long must have at most 500"))
                .anyMatch(problem -> problem.startsWith("flag must be"))
                .anyMatch(problem -> problem.startsWith("arm.label"))
                .anyMatch(problem -> problem.startsWith("actionWindow must be from PT1S to PT24H"))
                .anyMatch(problem -> problem.startsWith("maxAlertAge"))
                .anyMatch(problem -> problem.startsWith("cooldown"));
        assertThat(RuleCheck.problems(
                        new Terms(true, Map.of(), "f", Attribution.ALL, Action.NOTIFY, Bounds.USUAL, Arm.USUAL, false)))
                .singleElement()
                .asString()
                .startsWith("match must have");
    }
}
