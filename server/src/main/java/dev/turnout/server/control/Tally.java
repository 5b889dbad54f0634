package dev.turnout.server.control;

import dev.turnout.flags.guard.Alarm;
import dev.turnout.flags.guard.Comparison;
import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What the measurements of a monitor have come to on the present step. Immutable.
 *
 * @param failures in a row, until the last measurement; an inconclusive one or an error between does not break the row
 * @param errors in a row, until the last measurement
 * @param inconclusives in a row, until the last measurement; an error between does not break the row
 * @param successes in all
 * @param succeededAt business time of the last one
 * @param comparison of a monitor that compares arms
 */
public record Tally(
        int failures,
        int errors,
        int inconclusives,
        int successes,
        Optional<Instant> succeededAt,
        Comparison comparison) {
    public static final Tally NONE = new Tally(0, 0, 0, 0, Optional.empty(), Comparison.NONE);

    /** A measurement as it is kept, and what it brings the tally to. */
    record Weighed(Tally tally, Measurement measurement) {}

    /** Takes in one; of a monitor that compares arms the detector says what it is. */
    Weighed after(Monitor monitor, Measurement measured) {
        Comparison compared = measured.arms().map(comparison::after).orElse(comparison);
        Measurement judged =
                monitor.rule().arms() && measured.arms().isPresent() ? judged(monitor, measured, compared) : measured;
        return new Weighed(counted(judged, compared), judged);
    }

    private static Measurement judged(Monitor monitor, Measurement measured, Comparison compared) {
        Optional<Alarm> alarm = compared.alarm();
        if (alarm.isPresent()) {
            return measured(measured, Verdict.FAILURE, alarm.get().because());
        }
        long wanted = monitor.rule().minSample();
        if (!compared.calm()) {
            return measured(
                    measured,
                    Verdict.INCONCLUSIVE,
                    String.format(
                            Locale.ROOT,
                            "suspicion against the new side: %.0f; %s",
                            compared.evidence(),
                            compared.counts()));
        }
        return compared.seen().newTotal() < wanted
                ? measured(
                        measured,
                        Verdict.INCONCLUSIVE,
                        compared.seen().newTotal() + " of at least " + wanted + " on the new side")
                : measured(measured, Verdict.SUCCESS, compared.counts());
    }

    private static Measurement measured(Measurement measured, Verdict verdict, String because) {
        return new Measurement(measured.at(), measured.took(), verdict, because, measured.values(), measured.arms());
    }

    private Tally counted(Measurement measured, Comparison compared) {
        return switch (measured.verdict()) {
            case SUCCESS -> new Tally(0, 0, 0, successes + 1, Optional.of(measured.at()), compared);
            case FAILURE -> new Tally(failures + 1, 0, 0, successes, succeededAt, compared);
            case INCONCLUSIVE -> new Tally(failures, 0, inconclusives + 1, successes, succeededAt, compared);
            case ERROR -> new Tally(failures, errors + 1, inconclusives, successes, succeededAt, compared);
        };
    }
}
