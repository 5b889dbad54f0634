package dev.turnout.worker.monitor;

import dev.turnout.migration.Condition;
import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.Prometheus.Sample;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs one monitoring query in PromQL once and judges what it gives. Never throws: a Prometheus that is gone is a measurement
 * too, and says so. Thread-safe; blocks.
 */
final class PrometheusQuery {
    private static final String ARM = "arm";

    private final Prometheus prometheus;
    private final Monitor monitor;
    private final Instant since;
    private final Instant now;
    private final long begunNanos = System.nanoTime();

    private PrometheusQuery(Prometheus prometheus, Monitor monitor, Instant since, Instant now) {
        this.prometheus = prometheus;
        this.monitor = monitor;
        this.since = since;
        this.now = now;
    }

    /**
     * @param since business time; {@code $window} reaches from there to now
     * @param now business time that the query is evaluated for
     */
    static Measurement measure(Prometheus prometheus, Monitor monitor, Instant since, Instant now) {
        PrometheusQuery query = new PrometheusQuery(prometheus, monitor, since, now);
        Judgement judgement;
        try {
            judgement = monitor.rule().arms() ? query.arms() : query.row();
        } catch (HttpTimeoutException e) {
            judgement = Judgement.error(
                    "the query took longer than " + monitor.timeout().toMillis() + " ms");
        } catch (IOException e) {
            judgement = Judgement.error("the query failed: " + e.getMessage());
        }
        return judgement.measured(now, query.took());
    }

    private Duration took() {
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    private List<Sample> ask(String promql, Instant at) throws IOException {
        long seconds = Math.max(1, Duration.between(since, now).toSeconds());
        Duration left = monitor.timeout().minus(took());
        if (left.toMillis() <= 0) {
            throw new HttpTimeoutException("no time is left");
        }
        return prometheus.query(promql.replace("$window", seconds + "s"), at, left);
    }

    private Judgement row() throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        Optional<String> missing = read(values, "", now);
        Optional<Duration> baseline = monitor.rule().baseline();
        if (missing.isEmpty() && baseline.isPresent()) {
            missing = read(values, "baseline_", now.minus(baseline.get()));
        }
        if (missing.isPresent()) {
            return Judgement.inconclusive(missing.get(), values);
        }
        Map<String, Double> numbers = new LinkedHashMap<>();
        for (Map.Entry<String, String> value : values.entrySet()) {
            number(value.getValue()).ifPresent(number -> numbers.put(value.getKey(), number));
        }
        Optional<Boolean> holds = monitor.rule().successCondition().isEmpty()
                ? Optional.of(true)
                : Condition.parse(monitor.rule().successCondition().get()).holds(numbers);
        return Judgement.of(
                monitor,
                new Judgement.Row(
                        values,
                        Condition.parse(monitor.rule().failureCondition()).holds(numbers),
                        holds));
    }

    /** @return why not each query gave one value */
    private Optional<String> read(Map<String, String> values, String prefix, Instant at) throws IOException {
        for (Map.Entry<String, String> query : monitor.query().texts().entrySet()) {
            List<Sample> samples = ask(query.getValue(), at);
            String name = prefix + query.getKey();
            if (samples.size() != 1) {
                return Optional.of(
                        samples.isEmpty()
                                ? "the query of " + name + " gave no sample"
                                : "the query of " + name + " gave " + samples.size() + " samples, one is wanted");
            }
            values.put(name, samples.get(0).value());
        }
        return Optional.empty();
    }

    /** Empty: none that is finite. */
    private static Optional<Double> number(String text) {
        try {
            return Optional.of(Double.parseDouble(text)).filter(number -> Double.isFinite(number));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Judgement arms() throws IOException {
        Map<String, Map<String, String>> rows = new LinkedHashMap<>();
        for (Map.Entry<String, String> query : monitor.query().texts().entrySet()) {
            List<Sample> samples = ask(query.getValue(), now);
            if (samples.size() > 2) {
                return Judgement.inconclusive(
                        "the query of " + query.getKey() + " gave " + samples.size()
                                + " samples, one per side is wanted",
                        Map.of());
            }
            for (Sample sample : samples) {
                String arm = sample.labels().getOrDefault(ARM, "");
                Map<String, String> row = rows.computeIfAbsent(arm, side -> new LinkedHashMap<>(Map.of(ARM, side)));
                if (row.put(query.getKey(), sample.value()) != null) {
                    return Judgement.inconclusive("two samples of " + query.getKey() + " are of one side", Map.of());
                }
            }
        }
        // A side of which nothing ever failed has no series of failures.
        rows.values().forEach(row -> {
            if (row.containsKey("total")) {
                row.putIfAbsent("failed", "0");
            }
        });
        return ArmRows.judge(new ArrayList<>(rows.values()));
    }
}
