package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.ControlDatabase;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.control.OutcomeStore;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.TokenStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** All that is said over HTTP, put together. Thread-safe; every event loop makes a router of its own. */
public final class Faces {
    private final Stores stores;
    private final Supplier<Duration> flagsAge;
    private final PrometheusMeterRegistry registry;
    private final Authentication authentication;
    private final Ofrep ofrep;

    /** What is read and written of the control state. */
    public record Stores(
            ControlDatabase database,
            FlagStore flags,
            RunStore runs,
            OutcomeStore outcomes,
            AuditStore audit,
            TokenStore tokens) {}

    /**
     * @param flags the newest that this process knows
     * @param flagsAge since when they were last known to be the newest
     */
    public Faces(
            Stores stores, Supplier<FlagSet> flags, Supplier<Duration> flagsAge, PrometheusMeterRegistry registry) {
        this.stores = stores;
        this.flagsAge = flagsAge;
        this.registry = registry;
        this.authentication = new Authentication(stores.tokens()::check, System::nanoTime);
        this.ofrep = new Ofrep(flags, new EvaluationMetrics(registry, flags, flagsAge));
    }

    Router router(Vertx vertx) {
        List<Resource> resources = List.of(
                new OfrepResource(ofrep),
                new FlagsResource(
                        stores.database(), stores.flags(), (tx, flag) -> Future.succeededFuture(Optional.empty())),
                new MigrationsResource(vertx, stores.runs(), run -> Future.succeededFuture(Map.of())),
                new OutcomesResource(stores.outcomes()),
                new AuditResource(stores.audit()),
                new HealthResource(stores.flags()::version, flagsAge),
                new MetricsResource(vertx, registry));
        return new Api(authentication, resources).router(vertx);
    }
}
