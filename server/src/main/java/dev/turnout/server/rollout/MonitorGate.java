package dev.turnout.server.rollout;

import dev.turnout.flags.rollout.Gate;
import dev.turnout.flags.rollout.Health;
import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Monitor;
import dev.turnout.server.control.Tally;
import dev.turnout.server.control.Watched;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The gate of one monitor. Pure. Only failures that were measured on this step, in a row and more than are tolerated, are BAD;
 * an error is never more than UNKNOWN, however often it comes.
 */
record MonitorGate(Pace pace, Watched watched, Instant enteredAt, Instant now) {
    private static final int STALE_AFTER = 3;
    /** A worker looks every second, and is done with what it was given within minutes. */
    private static final Duration LATE = Duration.ofMinutes(5);

    Gate gate() {
        Optional<Measurement> latest = watched.latest().filter(last -> last.at().isAfter(enteredAt));
        if (watched.monitor().dryRun()) {
            return good("dry run; "
                    + latest.map(last -> last.verdict() + ": " + last.because())
                            .orElse("not measured on this step yet"));
        }
        return latest.map(this::of).orElseGet(this::unmeasured);
    }

    private Gate unmeasured() {
        Duration delay = watched.monitor().schedule().initialDelay();
        return unknown(
                now.isBefore(enteredAt.plus(delay))
                        ? "not measured on this step before " + enteredAt.plus(delay)
                        : "not measured on this step yet" + overdue());
    }

    /** Who waits for a worker that is not there would wait for ever. */
    private String overdue() {
        Duration late = Duration.between(watched.dueAt(), now);
        return late.compareTo(pace.observable(LATE)) > 0
                ? "; due since " + watched.dueAt() + ": does a worker reach "
                        + watched.monitor().query().source() + "?"
                : "";
    }

    private Gate of(Measurement latest) {
        Tally tally = watched.tally();
        Monitor.Limits limits = watched.monitor().limits();
        if (tally.failures() > limits.failures()) {
            return latest.verdict() == Verdict.FAILURE
                    ? gate(Health.BAD, latest.because())
                    : gate(
                            Health.BAD,
                            tally.failures() + " failures in a row, then " + latest.verdict() + ": "
                                    + latest.because());
        }
        return switch (latest.verdict()) {
            case FAILURE ->
                unknown("failed " + tally.failures() + " times in a row, " + limits.failures() + " are tolerated: "
                        + latest.because());
            case ERROR -> unknown("ERROR: " + latest.because() + again(tally.errors(), limits.errors()));
            case INCONCLUSIVE -> inconclusive(latest);
            case SUCCESS -> succeeded(latest.at(), latest.because());
        };
    }

    /** The first error closes the gate; up to the limit it is only asked again sooner. */
    private static String again(int errors, int limit) {
        if (errors > limit) {
            return "; " + errors + " errors in a row, more than " + limit + ": nobody sees what this monitor watches";
        }
        return errors > 1 ? "; " + errors + " errors in a row" : "";
    }

    private Gate inconclusive(Measurement latest) {
        Tally tally = watched.tally();
        String words = "INCONCLUSIVE: " + latest.because();
        boolean tolerated = tally.inconclusives() <= watched.monitor().limits().inconclusives()
                && tally.comparison().calm()
                && tally.succeededAt().isPresent();
        return tolerated ? succeeded(tally.succeededAt().get(), words + "; tolerated") : unknown(words);
    }

    private Gate succeeded(Instant at, String because) {
        int wanted = watched.monitor().limits().count();
        int successes = watched.tally().successes();
        if (successes < wanted) {
            return unknown(successes + " of " + wanted + " successes on this step: " + because);
        }
        Duration age = Duration.between(at, now);
        Duration fresh = pace.observable(watched.monitor().interval()).multipliedBy(STALE_AFTER);
        return age.compareTo(fresh) > 0
                ? unknown("last measured " + age.toMinutes() + "m ago" + overdue())
                : good(because);
    }

    private Gate good(String because) {
        return gate(Health.GOOD, because);
    }

    private Gate unknown(String because) {
        return gate(Health.UNKNOWN, because);
    }

    private Gate gate(Health health, String because) {
        return new Gate("monitor: " + watched.monitor().name(), health, because);
    }
}
