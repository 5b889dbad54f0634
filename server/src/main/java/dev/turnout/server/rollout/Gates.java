package dev.turnout.server.rollout;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Alarm;
import dev.turnout.flags.guard.Figures;
import dev.turnout.flags.guard.Metric;
import dev.turnout.flags.guard.SplitCheck;
import dev.turnout.flags.guard.Watch;
import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Health;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.Incident;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.server.control.Watched;
import dev.turnout.worker.run.RunBoard.Verified;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The gates of a rollout that depend on the world. Pure. Whatever cannot be told is UNKNOWN: it holds the rollout and
 * never takes it back.
 */
final class Gates {
    private static final String OUTCOMES = "outcomes";
    private static final String VERIFICATION = "verification";
    /** Applications report every few seconds; after three of these without a word they are taken to be silent. */
    private static final Duration REPORTS = Duration.ofSeconds(20);

    private static final int STALE_AFTER = 3;

    private final Pace pace;

    Gates(Pace pace) {
        this.pace = pace;
    }

    List<Gate> of(Sight sight) {
        List<Gate> gates = new ArrayList<>();
        flag(sight).ifPresent(gates::add);
        Rollout rollout = sight.row().rollout();
        if (rollout.step() >= 0) {
            outcomes(sight).ifPresent(gates::add);
            if (rollout.plan().minUnits() > 0) {
                gates.add(units(sight));
                gates.add(split(sight));
            }
        }
        for (Watched watched : sight.monitors()) {
            gates.add(new MonitorGate(pace, watched, rollout.enteredAt(), sight.now()).gate());
        }
        RolloutRow.Around around = sight.row().around();
        if (!around.alone()) {
            gates.add(verification(sight));
            rejected(sight).ifPresent(gates::add);
        }
        holdback(sight).ifPresent(gates::add);
        around.frozen().ifPresent(by -> gates.add(new Gate("freeze", Health.UNKNOWN, by)));
        return gates;
    }

    /** There while a complete rollout keeps units on the old side. */
    private static Optional<Gate> holdback(Sight sight) {
        Rollout rollout = sight.row().rollout();
        RolloutRow.Around around = sight.row().around();
        if (around.alone()
                || rollout.state() != Rollout.State.COMPLETE
                || sight.flag().weight().compareTo(rollout.plan().terms().most()) > 0
                || rollout.plan().terms().holdback().equals(Weight.NONE)) {
            return Optional.empty();
        }
        return Optional.of(around.contractApprovedBy()
                .map(by -> new Gate(Rollout.HOLDBACK, Health.GOOD, "the contract is approved by " + by))
                .orElseGet(() -> new Gate(
                        Rollout.HOLDBACK,
                        Health.UNKNOWN,
                        rollout.plan().terms().holdback() + " stay on the old side until the contract is approved")));
    }

    /** Who noticed, for an incident: the source of the first gate that is bad. */
    static Incident.Source source(List<Gate> gates) {
        for (Gate gate : gates) {
            if (gate.health() == Health.BAD) {
                return switch (gate.name()) {
                    case OUTCOMES -> Incident.Source.OUTCOMES;
                    case VERIFICATION -> Incident.Source.VERIFICATION;
                    default -> Incident.Source.MONITOR;
                };
            }
        }
        throw new IllegalArgumentException("no gate is bad: " + gates);
    }

    /** Somebody else turned a knob: the plan must not go on from a place where the flag is not. */
    private static Optional<Gate> flag(Sight sight) {
        Flag flag = sight.flag();
        Rollout rollout = sight.row().rollout();
        Weight planned = rollout.plan().weight(rollout.step());
        boolean released =
                rollout.state() == Rollout.State.COMPLETE && flag.weight().equals(Weight.ALL);
        if (flag.state() != Flag.State.ON) {
            return Optional.of(new Gate("flag", Health.UNKNOWN, "the flag is " + flag.state()));
        }
        return flag.weight().equals(planned) || released
                ? Optional.empty()
                : Optional.of(new Gate(
                        "flag", Health.UNKNOWN, "the flag is at " + flag.weight() + ", this step is " + planned));
    }

    /** Empty when the plan does not count on outcomes and none is bad. */
    private Optional<Gate> outcomes(Sight sight) {
        Figures figures = sight.figures();
        Optional<Alarm> alarm = figures.alarm();
        if (alarm.isPresent()) {
            return Optional.of(new Gate(
                    OUTCOMES,
                    Health.BAD,
                    alarm.get().because() + " (" + alarm.get().rule() + ")"));
        }
        if (sight.row().rollout().plan().minUnits() == 0) {
            return Optional.empty();
        }
        Optional<Instant> heardAt = figures.ground().heardAt();
        if (heardAt.isEmpty()) {
            return Optional.of(new Gate(OUTCOMES, Health.UNKNOWN, "no report on this step yet"));
        }
        Duration silence = Duration.between(heardAt.get(), sight.now());
        if (stale(silence, REPORTS)) {
            return Optional.of(new Gate(OUTCOMES, Health.UNKNOWN, "no report for " + silence.toSeconds() + "s"));
        }
        if (!figures.calm()) {
            return Optional.of(new Gate(
                    OUTCOMES,
                    Health.UNKNOWN,
                    String.format(
                            Locale.ROOT,
                            "suspicion against the new side: %.0f, goes on below %.0f",
                            figures.evidence(),
                            Watch.CALM)));
        }
        if (figures.incomparable().isPresent()) {
            return Optional.of(new Gate(
                    OUTCOMES,
                    Health.UNKNOWN,
                    "nothing to compare with: no unit is left on the old side, and it has not been heard of before; failed on"
                            + " the new side: " + failed(figures.fresh())));
        }
        return Optional.of(new Gate(
                OUTCOMES,
                Health.GOOD,
                "failed on the new side: " + failed(figures.fresh()) + ", on the old: " + failed(figures.old())));
    }

    private static String failed(Figures.Tally tally) {
        return tally.hit(Metric.FAILURES) + " of " + tally.exposed() + " units";
    }

    private static Gate units(Sight sight) {
        int seen = sight.figures().fresh().exposed();
        int wanted = sight.row().rollout().plan().minUnits();
        return new Gate(
                "units",
                seen >= wanted ? Health.GOOD : Health.UNKNOWN,
                seen + " of at least " + wanted + " units on the new side");
    }

    private static Gate split(Sight sight) {
        SplitCheck check = sight.figures().split(sight.flag().newSide());
        return new Gate("split", check.plausible() ? Health.GOOD : Health.UNKNOWN, check.because());
    }

    private Gate verification(Sight sight) {
        Verified verified = sight.row().proof().verified();
        if (verified.mismatches() > 0) {
            return new Gate(VERIFICATION, Health.BAD, verified.mismatches() + " rows differ between the two sides");
        }
        if (verified.from().isEmpty()) {
            return new Gate(
                    VERIFICATION, Health.UNKNOWN, "the rows have not been verified yet, or the other server is behind");
        }
        Duration age = Duration.between(verified.from().get(), sight.now());
        Duration limit = pace.observable(sight.row().proof().maxAge());
        return age.compareTo(limit) > 0
                ? new Gate(
                        VERIFICATION,
                        Health.UNKNOWN,
                        "last verified " + age.toHours() + "h ago, at most "
                                + sight.row().proof().maxAge().toHours() + "h are allowed")
                : new Gate(
                        VERIFICATION,
                        Health.GOOD,
                        "every row verified since " + verified.from().get());
    }

    /** There while more rows are put aside than may be. Mending them opens it; their values are lost on neither side. */
    private static Optional<Gate> rejected(Sight sight) {
        String beyond = sight.row().proof().beyond();
        return beyond.isEmpty()
                ? Optional.empty()
                : Optional.of(new Gate(
                        "rows put aside",
                        Health.UNKNOWN,
                        beyond + ": mend them and have them tried again, or roll back"));
    }

    private boolean stale(Duration age, Duration expected) {
        return age.compareTo(pace.observable(expected).multipliedBy(STALE_AFTER)) > 0;
    }
}
