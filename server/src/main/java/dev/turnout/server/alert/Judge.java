package dev.turnout.server.alert;

import dev.turnout.flags.Variants;
import dev.turnout.flags.Weight;
import dev.turnout.server.alert.Judgement.Act;
import dev.turnout.server.alert.Judgement.Ignore;
import dev.turnout.server.control.Alert;
import dev.turnout.server.control.Alert.Reason;
import dev.turnout.server.control.AlertRule;
import dev.turnout.server.control.AlertRule.Attribution;
import dev.turnout.server.control.Exposure;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what an alert calls for. Pure: same arguments, same answer. After the rules of Pinterest's Teletraan: an alert
 * that fires, young, soon after a change, on something that is not being handled already.
 */
final class Judge {
    /** What Grafana sends for a rule that got no data, or whose query failed. */
    private static final Set<String> NO_DATA = Set.of("DatasourceNoData", "DatasourceError");

    private static final String STATE_REASON = "grafana_state_reason";

    private Judge() {}

    /** The rule that decides about the alert; empty when there is none. */
    static Optional<AlertRule> rule(List<AlertRule> inOrder, Alert alert) {
        return inOrder.stream()
                .filter(rule ->
                        rule.terms().enabled() && LabelMatch.fits(rule.terms().match(), alert.labels()))
                .findFirst();
    }

    /** Whether the alert is none to act on, whatever flag it is about. */
    static Optional<Ignore> beforehand(Alert alert, AlertRule rule, Instant now) {
        if (!alert.firing()) {
            return ignore(Reason.RESOLVED, "it is resolved: nothing goes back to the new side by itself");
        }
        if (saysThatNothingIsKnown(alert) && !rule.terms().noData()) {
            return ignore(Reason.NO_DATA, "it says that nothing is known, not that something is bad");
        }
        Duration age = Duration.between(alert.startsAt(), now);
        Duration most = rule.terms().bounds().maxAlertAge();
        if (age.compareTo(most) > 0) {
            return ignore(
                    Reason.TOO_OLD,
                    "it began to fire at " + alert.startsAt() + ", longer ago than " + words(most)
                            + ": a repetition, or late");
        }
        // Clocks differ; more than this is no clock.
        if (age.negated().compareTo(most) > 0) {
            return ignore(Reason.FROM_THE_FUTURE, "it begins to fire at " + alert.startsAt() + ", which is to come");
        }
        return Optional.empty();
    }

    /** A rule that is set to alert without data does so under its own name, and says why in an annotation. */
    private static boolean saysThatNothingIsKnown(Alert alert) {
        String why = alert.annotations().getOrDefault(STATE_REASON, "");
        return NO_DATA.contains(alert.name()) || why.startsWith("NoData") || why.startsWith("Error");
    }

    private static Optional<Ignore> ignore(Reason reason, String because) {
        return Optional.of(new Ignore(reason, because));
    }

    /** Of flags that a rule names by the beginning of their keys: those that the alert is held against. */
    static List<Exposure> blamed(AlertRule rule, List<Exposure> named, Instant now) {
        List<Exposure> recent = named.stream()
                .filter(each -> each.anybody() && recently(rule, each, now))
                .sorted(Comparator.comparing(
                                (Exposure each) -> each.increasedAt().orElse(Instant.MIN))
                        .reversed()
                        .thenComparing(each -> each.flag().key()))
                .toList();
        return rule.terms().attribution() == Attribution.ALL || recent.isEmpty() ? recent : recent.subList(0, 1);
    }

    private static boolean recently(AlertRule rule, Exposure exposure, Instant now) {
        Instant since = now.minus(rule.terms().bounds().actionWindow());
        return exposure.increasedAt().filter(at -> !at.isBefore(since)).isPresent();
    }

    /** @param acted when the rule last acted on the flag */
    static Judgement of(Alert alert, AlertRule rule, Exposure exposure, Optional<Instant> acted, Instant now) {
        Optional<String> latched = exposure.flag().rolledBack();
        if (latched.isPresent()) {
            return new Ignore(Reason.LATCHED, "it is rolled back already: " + latched.get());
        }
        if (!exposure.anybody()) {
            return new Ignore(Reason.NOBODY_ON_NEW_SIDE, "it sends nobody to the new side");
        }
        AlertRule.Bounds bounds = rule.terms().bounds();
        if (!recently(rule, exposure, now)) {
            return new Ignore(
                    Reason.NOT_INCREASED,
                    "it was not increased within " + words(bounds.actionWindow())
                            + exposure.increasedAt()
                                    .map(at -> " (last at " + at + ")")
                                    .orElse(""));
        }
        Optional<Ignore> wrongSide = side(alert, rule, exposure.flag().variants());
        if (wrongSide.isPresent()) {
            return wrongSide.get();
        }
        if (acted.filter(at -> coolsDown(at, bounds, exposure, now)).isPresent()) {
            return new Ignore(
                    Reason.COOLING_DOWN,
                    "the rule acted on it at " + acted.get() + " and waits for " + words(bounds.cooldown()));
        }
        Weight share = exposure.flag().newSide();
        return new Act(
                rule.terms().action(),
                "it fires since " + alert.startsAt() + ", the flag is at " + share + " and was increased at "
                        + exposure.increasedAt().orElseThrow());
    }

    /** Whoever increases the flag after that takes the chance, and what is bad then counts. */
    private static boolean coolsDown(Instant acted, AlertRule.Bounds bounds, Exposure exposure, Instant now) {
        return now.isBefore(acted.plus(bounds.cooldown()))
                && exposure.increasedAt().filter(at -> at.isAfter(acted)).isEmpty();
    }

    private static Optional<Ignore> side(Alert alert, AlertRule rule, Variants variants) {
        AlertRule.Arm arm = rule.terms().arm();
        String side = alert.labels().getOrDefault(arm.label(), "");
        if (side.equals(variants.newVariant()) || side.equalsIgnoreCase("new")) {
            return Optional.empty();
        }
        if (side.equals(variants.oldVariant()) || side.equalsIgnoreCase("old")) {
            return ignore(Reason.OLD_SIDE, "its label " + arm.label() + " says that the old side is bad");
        }
        return arm.required()
                ? ignore(Reason.NO_SIDE, "its label " + arm.label() + " does not name the new side, as the rule wants")
                : Optional.empty();
    }

    /** {@code PT1H30M} is {@code 1h 30m}. */
    private static String words(Duration duration) {
        return duration.toString()
                .substring(2)
                .replaceAll("(?<=[A-Z])(?=\\d)", " ")
                .toLowerCase(Locale.ROOT);
    }
}
