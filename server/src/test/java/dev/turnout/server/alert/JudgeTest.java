package dev.turnout.server.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.stage.Stage;
import dev.turnout.server.control.Alert;
import dev.turnout.server.control.Alert.Source;
import dev.turnout.server.control.AlertRule;
import dev.turnout.server.control.AlertRule.Action;
import dev.turnout.server.control.AlertRule.Arm;
import dev.turnout.server.control.AlertRule.Attribution;
import dev.turnout.server.control.AlertRule.Bounds;
import dev.turnout.server.control.Exposure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decision, stage by stage, as tables. */
class JudgeTest {
    private static final Instant NOW = Instant.parse("2026-01-05T09:00:00Z");

    private static AlertRule rule(boolean requireArm, boolean noData, Attribution attribution) {
        return rule("r", 100, true, Map.of("flag", ".+"), requireArm, noData, attribution);
    }

    private static AlertRule rule(
            String name,
            int position,
            boolean enabled,
            Map<String, String> match,
            boolean requireArm,
            boolean noData,
            Attribution attribution) {
        return new AlertRule(
                name,
                position,
                1,
                new AlertRule.Terms(
                        enabled,
                        match,
                        "${labels.flag}",
                        attribution,
                        Action.ROLLBACK,
                        Bounds.USUAL,
                        new Arm("variant", requireArm),
                        noData));
    }

    private static Alert alert(boolean firing, Instant startsAt, Map<String, String> labels) {
        return new Alert(Source.ALERTMANAGER, "f1", firing, startsAt, labels, Map.of());
    }

    /** {@code a=1 b=2}. */
    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Arrays.stream(text == null ? new String[0] : text.split(" "))
                .map(pair -> pair.split("=", 2))
                .forEach(pair -> labels.put(pair[0], pair[1]));
        return labels;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // alertname          firing  began  no data too   ignored because
                "HighErrorRate      | true  | PT0S   | false | -",
                "HighErrorRate      | true  | PT5M   | false | -",
                "HighErrorRate      | true  | PT5M1S | false | TOO_OLD",
                "HighErrorRate      | true  | PT240H | false | TOO_OLD",
                "HighErrorRate      | true  | PT-5M  | false | -",
                "HighErrorRate      | true  | PT-6M  | false | FROM_THE_FUTURE",
                "HighErrorRate      | false | PT0S   | false | RESOLVED",
                "HighErrorRate      | false | PT240H | false | RESOLVED",
                "DatasourceNoData   | true  | PT0S   | false | NO_DATA",
                "DatasourceError    | true  | PT0S   | false | NO_DATA",
                "DatasourceNoData   | true  | PT0S   | true  | -",
                "DatasourceError    | true  | PT6M   | true  | TOO_OLD",
            })
    void an_alert_that_does_not_fire_now_is_none_to_act_on(
            String name, boolean firing, Duration age, boolean noData, String reason) {
        Optional<String> told = Judge.beforehand(
                        alert(firing, NOW.minus(age), Map.of("alertname", name)),
                        rule(false, noData, Attribution.LATEST),
                        NOW)
                .map(ignore -> ignore.reason().name());

        assertThat(told).isEqualTo(Optional.ofNullable(reason));
    }

    @ParameterizedTest
    @CsvSource({"NoData, true", "Error, true", "'NoData, KeepLast', true", "Updated, false", "'', false"})
    void an_alert_that_a_rule_of_grafana_raises_for_want_of_data_is_none_either(String reason, boolean ignored) {
        Alert alert = new Alert(
                Source.GRAFANA, "f1", true, NOW, Map.of("alertname", "A"), Map.of("grafana_state_reason", reason));

        assertThat(Judge.beforehand(alert, rule(false, false, Attribution.LATEST), NOW)
                        .isPresent())
                .isEqualTo(ignored);
        assertThat(Judge.beforehand(alert, rule(false, true, Attribution.LATEST), NOW))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // weight latched increased  acted   labels       side needed  what comes of it
                "25% | false | PT0S    | -      | -            | false | ROLLBACK",
                "25% | false | PT1H    | -      | -            | false | ROLLBACK",
                "25% | false | PT1H1S  | -      | -            | false | NOT_INCREASED",
                "25% | false | -       | -      | -            | false | NOT_INCREASED",
                "0%  | false | PT0S    | -      | -            | false | NOBODY_ON_NEW_SIDE",
                "0%  | true  | PT0S    | -      | -            | false | LATCHED",
                "25% | true  | PT0S    | -      | variant=old  | false | LATCHED",
                "25% | false | PT0S    | -      | variant=new  | true  | ROLLBACK",
                "25% | false | PT0S    | -      | variant=on   | true  | ROLLBACK",
                "25% | false | PT0S    | -      | variant=NEW  | false | ROLLBACK",
                "25% | false | PT0S    | -      | variant=old  | false | OLD_SIDE",
                "25% | false | PT0S    | -      | variant=off  | true  | OLD_SIDE",
                "25% | false | PT0S    | -      | -            | true  | NO_SIDE",
                "25% | false | PT0S    | -      | variant=blue | true  | NO_SIDE",
                "25% | false | PT0S    | -      | variant=blue | false | ROLLBACK",
                "25% | false | PT20M   | PT9M   | -            | false | COOLING_DOWN",
                "25% | false | PT9M    | PT9M   | -            | false | COOLING_DOWN",
                "25% | false | PT8M    | PT9M   | -            | false | ROLLBACK",
                "25% | false | PT20M   | PT10M  | -            | false | ROLLBACK",
                "100%| false | PT10S   | PT240H | -            | false | ROLLBACK",
            })
    void an_alert_is_held_against_a_flag_that_was_increased_lately_and_is_not_handled_already(
            String weight,
            boolean latched,
            Duration increased,
            Duration acted,
            String labels,
            boolean arm,
            String what) {
        Flag flag = Flag.create("f").withWeight(Weight.parse(weight));
        Exposure exposure = new Exposure(
                latched ? flag.rolledBack("it was bad") : flag,
                Optional.ofNullable(increased).map(NOW::minus));

        Judgement judged = Judge.of(
                alert(true, NOW, labels(labels)),
                rule(arm, false, Attribution.LATEST),
                exposure,
                Optional.ofNullable(acted).map(NOW::minus),
                NOW);

        assertThat(judged.because()).isNotBlank();
        assertThat(
                        judged instanceof Judgement.Act act
                                ? act.action().name()
                                : ((Judgement.Ignore) judged).reason().name())
                .isEqualTo(what);
    }

    @Test
    void a_stage_on_the_way_to_the_new_side_counts_as_exposure() {
        Flag writing = Flag.create("f").withStage(Stage.OFF).withWeight(Weight.parse("5%"));

        assertThat(new Exposure(writing, Optional.empty()).anybody()).isTrue();
        assertThat(new Exposure(writing.withWeight(Weight.NONE), Optional.empty()).anybody())
                .isFalse();
    }

    @Test
    void of_several_flags_the_one_increased_last_is_to_blame_or_all_of_them_where_the_rule_says_so() {
        List<Exposure> flags = new ArrayList<>(List.of(
                exposure("early", "50%", Duration.ofMinutes(50)),
                exposure("late", "1%", Duration.ofMinutes(2)),
                exposure("nobody", "0%", Duration.ofMinutes(1)),
                exposure("long-ago", "50%", Duration.ofHours(2)),
                exposure("later-b", "1%", Duration.ofMinutes(1)),
                exposure("later-a", "1%", Duration.ofMinutes(1))));

        assertThat(blamed(Attribution.LATEST, flags)).containsExactly("later-a");
        flags.sort(Comparator.comparing(each -> each.flag().key()));
        assertThat(blamed(Attribution.LATEST, flags)).containsExactly("later-a");
        assertThat(blamed(Attribution.ALL, flags)).containsExactly("later-a", "later-b", "late", "early");
        assertThat(blamed(Attribution.LATEST, List.of())).isEmpty();
    }

    private static Exposure exposure(String key, String weight, Duration ago) {
        return new Exposure(Flag.create(key).withWeight(Weight.parse(weight)), Optional.of(NOW.minus(ago)));
    }

    private static List<String> blamed(Attribution attribution, List<Exposure> flags) {
        return Judge.blamed(rule(false, false, attribution), flags, NOW).stream()
                .map(each -> each.flag().key())
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "flag=f severity=critical       | first",
                "flag=f severity=critical2      | second",
                "flag=f                         | second",
                "severity=critical              | -",
                "flag=f severity=critical env=x | second",
                "other=1                        | -",
            })
    void the_first_rule_that_is_on_and_fits_as_a_whole_decides(String labels, String name) {
        List<AlertRule> rules = List.of(
                rule("off", 1, false, Map.of("flag", ".*"), false, false, Attribution.LATEST),
                rule(
                        "first",
                        2,
                        true,
                        Map.of("flag", ".+", "severity", "critical|page", "env", "prod|"),
                        false,
                        false,
                        Attribution.LATEST),
                rule("second", 3, true, Map.of("flag", ".+"), false, false, Attribution.LATEST));

        assertThat(Judge.rule(rules, alert(true, NOW, labels(labels))).map(AlertRule::name))
                .isEqualTo(Optional.ofNullable(name));
    }
}
