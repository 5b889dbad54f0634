package dev.turnout.server.http;

import dev.turnout.flags.stage.Side;
import dev.turnout.server.control.OutcomeReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what applications report, both sides beside each other. Of flags that are there only, each report once. Thread-safe. */
final class OutcomeMetrics {
    /** A label must not grow without end: flags beyond this many are counted together. */
    private static final int MOST_FLAGS = 500;

    private final MeterRegistry registry;
    private final Set<String> flags = ConcurrentHashMap.newKeySet();

    OutcomeMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** To be called once per report, however often it was sent. */
    void accepted(OutcomeReport report) {
        boolean named = flags.contains(report.flagKey()) || (flags.size() < MOST_FLAGS && flags.add(report.flagKey()));
        String flag = named ? report.flagKey() : "other";
        for (Side side : report.arms().keySet()) {
            OutcomeReport.Totals totals = report.arm(side).totals();
            count("turnout.outcome.calls", "calls that applications reported", flag, side, totals.calls());
            count("turnout.outcome.failures", "of those, failed", flag, side, totals.failures());
            count("turnout.outcome.slow", "of those, slow", flag, side, totals.slow());
            count(
                    "turnout.outcome.mismatches",
                    "of those, with another answer than the other side",
                    flag,
                    side,
                    totals.mismatches());
        }
    }

    private void count(String name, String description, String flag, Side side, long by) {
        Counter.builder(name)
                .description(description)
                .tag("flag", flag)
                .tag("side", side.name())
                .register(registry)
                .increment((double) by);
    }
}
