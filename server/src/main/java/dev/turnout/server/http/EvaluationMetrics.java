package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Counts answers by flag and variant, and how long they take. Thread-safe. */
final class EvaluationMetrics {
    /** More flags and variants than this are counted together: a label must not grow without end. */
    private static final int MOST_LABELS = 500;

    private final MeterRegistry registry;
    private final Map<String, Map<String, Counter>> counters = new ConcurrentHashMap<>();
    private final Timer timer;
    private final Counter others;

    EvaluationMetrics(MeterRegistry registry, Supplier<FlagSet> flags, Supplier<Duration> snapshotAge) {
        this.registry = registry;
        this.timer = Timer.builder("turnout.evaluation")
                .description("time to evaluate a flag, without the transport")
                .serviceLevelObjectives(
                        Duration.ofNanos(1_000),
                        Duration.ofNanos(5_000),
                        Duration.ofNanos(25_000),
                        Duration.ofNanos(100_000),
                        Duration.ofMillis(1),
                        Duration.ofMillis(10))
                .register(registry);
        this.others = counter("other", "other");
        Gauge.builder("turnout.snapshot.version", flags, current -> current.get()
                        .version())
                .description("version of the flags that are answered from")
                .strongReference(true) // nobody else holds the supplier
                .register(registry);
        Gauge.builder("turnout.snapshot.age", snapshotAge, age -> age.get().toMillis() / 1000.0)
                .description("time since the flags were last known to be current")
                .strongReference(true)
                .baseUnit("seconds")
                .register(registry);
    }

    void evaluated(String flag, String variant, long nanos) {
        timer.record(nanos, TimeUnit.NANOSECONDS);
        Map<String, Counter> variants = counters.get(flag);
        if (variants == null) {
            if (counters.size() >= MOST_LABELS) {
                others.increment();
                return;
            }
            variants = counters.computeIfAbsent(flag, first -> new ConcurrentHashMap<>());
        }
        variants.computeIfAbsent(variant, first -> counter(flag, first)).increment();
    }

    private Counter counter(String flag, String variant) {
        return Counter.builder("turnout.evaluations")
                .description("answers given")
                .tag("flag", flag)
                .tag("variant", variant)
                .register(registry);
    }
}
