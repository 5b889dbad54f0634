package dev.turnout.worker.monitor;

import dev.turnout.flags.guard.Arms;
import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a measurement says, from what was read. Pure: the same for every language. */
record Judgement(Verdict verdict, String because, Map<String, String> values, Optional<Arms> arms) {
    private static final String TOTAL = "total";
    private static final List<String> NO_NUMBER = List.of("NaN", "Infinity", "-Infinity", "+Inf", "-Inf");

    /**
     * What the conditions say of one row of values.
     *
     * @param fails empty: unknown
     * @param holds empty: unknown
     */
    record Row(Map<String, String> values, Optional<Boolean> fails, Optional<Boolean> holds) {}

    static Judgement of(Monitor monitor, Row row) {
        Optional<String> strange = notFinite(row.values()).or(() -> tooFew(monitor, row.values()));
        if (strange.isPresent()) {
            return inconclusive(strange.get(), row.values());
        }
        if (row.fails().isEmpty() || row.holds().isEmpty()) {
            return inconclusive("a condition is NULL", row.values());
        }
        String fails = monitor.rule().failureCondition();
        if (row.fails().get()) {
            return new Judgement(Verdict.FAILURE, "fails when " + fails, row.values(), Optional.empty());
        }
        return row.holds().get()
                ? new Judgement(Verdict.SUCCESS, "does not fail when " + fails, row.values(), Optional.empty())
                : inconclusive(
                        "neither fails nor is ok when "
                                + monitor.rule().successCondition().orElse(""),
                        row.values());
    }

    static Judgement inconclusive(String because, Map<String, String> values) {
        return new Judgement(Verdict.INCONCLUSIVE, because, values, Optional.empty());
    }

    static Judgement error(String because) {
        return new Judgement(Verdict.ERROR, because, Map.of(), Optional.empty());
    }

    Measurement measured(Instant at, Duration took) {
        return new Measurement(at, took, verdict, because, values, arms);
    }

    /** Compared with anything such a value is on one side of it, which says nothing. */
    private static Optional<String> notFinite(Map<String, String> values) {
        return values.entrySet().stream()
                .filter(entry -> NO_NUMBER.contains(entry.getValue()))
                .findFirst()
                .map(entry -> entry.getKey() + " is " + entry.getValue());
    }

    /** Also of the baseline: what nobody saw then is nothing to compare with. */
    private static Optional<String> tooFew(Monitor monitor, Map<String, String> values) {
        if (monitor.rule().minSample() == 0) {
            return Optional.empty();
        }
        Optional<String> now = tooFew(monitor, values, TOTAL);
        return now.isPresent() || monitor.rule().baseline().isEmpty()
                ? now
                : tooFew(monitor, values, "baseline_" + TOTAL);
    }

    private static Optional<String> tooFew(Monitor monitor, Map<String, String> values, String name) {
        String total = values.get(name);
        if (total == null) {
            return Optional.of("min sample wants a column named " + name);
        }
        try {
            long wanted = monitor.rule().minSample();
            return new BigDecimal(total).compareTo(BigDecimal.valueOf(wanted)) >= 0
                    ? Optional.empty()
                    : Optional.of(name + " is " + total + ", at least " + wanted + " wanted");
        } catch (NumberFormatException e) {
            return Optional.of(name + " is no number: " + total);
        }
    }
}
