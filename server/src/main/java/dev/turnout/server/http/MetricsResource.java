package dev.turnout.server.http;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** {@code /metrics}, in Prometheus' text format. */
final class MetricsResource implements Resource {
    private final Vertx vertx;
    private final PrometheusMeterRegistry registry;

    MetricsResource(Vertx vertx, PrometheusMeterRegistry registry) {
        this.vertx = vertx;
        this.registry = registry;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        // With many flags a scrape takes milliseconds: not on the event loop.
        return Map.of(Endpoint.METRICS, call -> vertx.executeBlocking(registry::scrape, false)
                .map(text -> new Answer(
                        200, Optional.of(text), Map.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8"))));
    }
}
