package dev.turnout.flags.togglz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnout.flags.Clause;
import dev.turnout.flags.Strategies;
import dev.turnout.flags.Subject;
import dev.turnout.flags.TextList;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.togglz.core.Feature;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.user.SimpleFeatureUser;
import org.togglz.core.util.NamedFeature;

class StrategiesTest {
    private static final InstantSource TIME = InstantSource.fixed(Instant.parse("2026-01-31T12:00:00Z"));

    static Stream<Arguments> comparisons() {
        return Stream.of(
                Arguments.of("KR", "in", "KR,JP", true),
                Arguments.of("kr", "in", "KR,JP", false),
                Arguments.of("a,b", "in", "a\\,b", true),
                Arguments.of(7, "in", "7", true),
                Arguments.of(7.0, "in", "7", true),
                Arguments.of(true, "in", "true", true),
                Arguments.of(List.of("x", "KR"), "in", "KR", true),
                Arguments.of(List.of(), "in", "KR", false),
                Arguments.of(Map.of("a", 1), "in", "KR", false),
                Arguments.of("user-42", "starts with", "user-", true),
                Arguments.of("a@example.com", "ends with", "@example.com,@example.org", true),
                Arguments.of("abc", "contains", "bc", true),
                Arguments.of(42, "contains", "4", false),
                Arguments.of(17.99, "<", "18", true),
                Arguments.of(18, "<", "18", false),
                Arguments.of(18, "<=", "18.0", true),
                Arguments.of(18, ">=", "18", true),
                Arguments.of(18, ">", "18", false),
                Arguments.of("19", ">", "18", false),
                Arguments.of(Double.NaN, ">", "18", false),
                Arguments.of("2026-01-31T09:00:00+09:00", "before", "2026-01-31T00:00:01Z", true),
                Arguments.of("2026-01-31", "after", "2026-01-30", true),
                Arguments.of("yesterday", "before", "2026-01-31", false),
                Arguments.of("2.1.0", "semver", ">=2.1.0 <3.0.0", true),
                Arguments.of("2.1.0-rc.1", "semver", ">=2.1.0 <3.0.0", false),
                Arguments.of("10.0.0", "semver", ">9.0.0", true),
                Arguments.of("1.2.3", "semver", "^1.2.0", true),
                Arguments.of("new", "semver", ">=0.0.0", false));
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void anAttributeCompares(Object given, String operator, String values, boolean holds) {
        Map<String, String> parameters = Map.of("attribute", "a", "operator", operator, "values", values);
        Subject subject = new Subject("", Map.of("a", given));
        assertThat(holds("turnout-attribute", parameters, subject)).isEqualTo(holds);
        Map<String, String> negated = new HashMap<>(parameters);
        negated.put("not", "true");
        assertThat(holds("turnout-attribute", negated, subject)).isNotEqualTo(holds);
    }

    @Test
    void whatIsNotKnownNeverHoldsNotEvenNegated() {
        for (String not : List.of("true", "false")) {
            assertThat(holds(
                            "turnout-attribute",
                            Map.of("attribute", "a", "operator", "in", "values", "x", "not", not),
                            Subject.of("user-1")))
                    .isFalse();
            assertThat(holds(
                            "turnout-attribute",
                            Map.of("attribute", "targetingKey", "operator", "in", "values", "x", "not", not),
                            Subject.ANONYMOUS))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({ // Saturday, 12:00 in UTC, 21:00 in Seoul
        "from=2026-01-31T12:00:00Z, true",
        "from=2026-01-31T12:00:01Z, false",
        "until=2026-01-31T12:00:00Z, false",
        "until=2026-01-31T22:00:00+09:00, true",
        "days=saturday;sunday, true",
        "days=MONDAY, false",
        "hours=09:00-12:00, false",
        "hours=12:00-12:01, true",
        "hours=09:00-18:00|zone=Asia/Seoul, false",
        "hours=20:00-02:00|zone=Asia/Seoul|days=SATURDAY, true",
        "hours=22:00-13:00|days=FRIDAY, true",
        "hours=22:00-13:00|days=SATURDAY, false",
        "hours=11:00-13:00|days=SUNDAY, false",
        "from=2026-01-01T00:00:00Z|hours=11:00-13:00|days=SATURDAY, true"
    })
    void aWindowOfTimeHolds(String window, boolean holds) {
        Map<String, String> parameters = new HashMap<>();
        for (String one : window.split("\\|")) {
            parameters.put(
                    one.substring(0, one.indexOf('=')),
                    one.substring(one.indexOf('=') + 1).replace(';', ','));
        }
        assertThat(holds("turnout-time", parameters, Subject.ANONYMOUS)).isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "turnout-attribute | attribute=a | the parameter 'operator' is missing",
                "turnout-attribute | attribute=a;operator=like;values=x | the operator is one of",
                "turnout-attribute | attribute=a;operator=in;values=, | holds no value",
                "turnout-attribute | attribute=a;operator=<;values=x | 'x' is no number",
                "turnout-attribute | attribute=a;operator=before;values=soon | neither an instant",
                "turnout-attribute | attribute=a;operator=semver;values=newest | no range of versions",
                "turnout-attribute | attribute=a;operator=in;values=x;not=maybe | true or false",
                "turnout-attribute | attribute=a;operator=in;values=x;else=y | no parameter 'else'",
                "turnout-time      | zone=UTC | at least one of",
                "turnout-time      | from=tomorrow | 'from' is an instant",
                "turnout-time      | hours=9-18 | 'hours' is hours such as",
                "turnout-time      | hours=09:00-18:00;zone=Mars | a time zone",
                "turnout-time      | days=MOON | no day of the week",
                "turnout-split     | seed=x | 'percentage' is missing",
                "turnout-split     | percentage=half | a percentage such as 5%",
                "username          | user=x | no parameter 'user'",
                "gradual           | percentage=5 | correlated between flags",
                "script            | lang=ECMAScript | could run code"
            })
    void aBadParameterIsToldWithWhatIsWanted(String strategy, String parameters, String problem) {
        Map<String, String> given = new HashMap<>();
        for (String one : parameters.split(";")) {
            given.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        assertThatThrownBy(() -> Strategies.installed().condition("f", new Clause(strategy, given)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void aStrategyOfTogglzIsAClauseToo() {
        Map<String, String> users = Map.of("users", "alice,bob");
        assertThat(holds("username", users, Subject.of("bob"))).isTrue();
        assertThat(holds("username", users, Subject.of("carol"))).isFalse();
        assertThat(Strategies.installed().condition("f", new Clause("of-another-application", Map.of())))
                .isEmpty();
    }

    @Test
    void togglzUsesOurStrategiesAsItsOwn() {
        Feature feature = new NamedFeature("F");
        FeatureState state = new FeatureState(feature, true)
                .setStrategyId("turnout-attribute")
                .setParameter("attribute", "country")
                .setParameter("operator", "in")
                .setParameter("values", "KR,JP");
        TurnoutAttribute strategy = new TurnoutAttribute();
        assertThat(strategy.isActive(state, new SimpleFeatureUser("u").setAttribute("country", "JP")))
                .isTrue();
        assertThat(strategy.isActive(state, new SimpleFeatureUser("u"))).isFalse();
        assertThat(strategy.isActive(state, null)).isFalse();
        assertThat(strategy.isActive(state.setParameter("operator", "like"), new SimpleFeatureUser("u")))
                .isFalse();
        FeatureState time = new FeatureState(feature, true).setParameter("from", "2020-01-01T00:00:00Z");
        assertThat(new TurnoutTime().isActive(time, null)).isTrue();
    }

    @Property(tries = 300)
    void aListOfTextsComesBack(@ForAll List<String> texts) {
        List<String> kept = texts.stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
        assertThat(TextList.read(TextList.write(kept))).isEqualTo(kept);
    }

    private static boolean holds(String strategy, Map<String, String> parameters, Subject subject) {
        return Strategies.installed()
                .condition("f", new Clause(strategy, parameters))
                .orElseThrow()
                .holds(subject, TIME);
    }
}
