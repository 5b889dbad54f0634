package dev.turnout.server.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Counts requests and how long they take, by endpoint and by class of the code ({@code 2xx}). Vert.x has metrics of the
 * same kind, which look a meter up by its name for each request; these are at hand. Thread-safe.
 */
final class RequestMetrics {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10)
    };
    private static final int CLASSES = 6;

    private final MeterRegistry registry;
    private final Map<Endpoint, AtomicReferenceArray<Timer>> timers = new EnumMap<>(Endpoint.class);

    RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Endpoint endpoint : Endpoint.values()) {
            timers.put(endpoint, new AtomicReferenceArray<>(CLASSES));
        }
    }

    /** @param code HTTP status code */
    void answered(Endpoint endpoint, int code, long nanos) {
        AtomicReferenceArray<Timer> byClass = timers.get(endpoint);
        if (byClass != null) {
            int at = Math.min(code / 100, CLASSES - 1);
            Timer timer = byClass.get(at);
            if (timer == null) {
                timer = timer(endpoint, at);
                byClass.set(at, timer);
            }
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** The registry gives the same one again. */
    private Timer timer(Endpoint endpoint, int codeClass) {
        return Timer.builder("turnout.requests")
                .description("requests and the time to answer them")
                .tag("method", endpoint.method().name())
                .tag("path", endpoint.path())
                .tag("code", codeClass + "xx")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }
}
