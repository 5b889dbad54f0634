package dev.turnout.server.alert;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Counts alerts by who sent them, what was done and why. Thread-safe. */
final class AlertMetrics {
    private final MeterRegistry registry;

    AlertMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** The registry gives the same counter again. */
    void told(Told told) {
        Counter.builder("turnout.alerts")
                .description("alerts received, by what was done about them and why")
                .tag("source", word(told.alert().source()))
                .tag("outcome", word(told.ruling().outcome()))
                .tag("reason", word(told.ruling().reason()))
                .register(registry)
                .increment();
    }

    private static String word(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT);
    }
}
