package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.ChoreStore;
import dev.turnout.server.control.OperatingStore;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.TokenStore;
import dev.turnout.server.control.WriteStore;
import dev.turnout.server.rollout.ByHand;
import dev.turnout.server.rollout.RolloutOperator;
import dev.turnout.server.rollout.RolloutStores;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** All that is said over HTTP, put together. Thread-safe; every event loop makes a router of its own. */
public final class Faces {
    private final Stores stores;
    private final Clock clock;
    private final Supplier<Duration> flagsAge;
    private final PrometheusMeterRegistry registry;
    private final Contract contract;
    private final Authentication authentication;
    private final Ofrep ofrep;
    private final Supplier<FlagSet> flags;

    /** What is read and written of the control state. */
    public record Stores(RolloutStores rollout, RunStore runs, RunStores ofRuns, AuditStore audit, TokenStore tokens) {}

    /** What belongs to runs beside their state. */
    public record RunStores(ChoreStore chores, WriteStore writes, OperatingStore operating) {}

    /**
     * @param clock business time
     * @param flags the newest that this process knows
     * @param flagsAge since when they were last known to be the newest
     */
    public Faces(
            Stores stores,
            Clock clock,
            Supplier<FlagSet> flags,
            Supplier<Duration> flagsAge,
            PrometheusMeterRegistry registry,
            Contract contract) {
        this.stores = stores;
        this.clock = clock;
        this.flags = flags;
        this.flagsAge = flagsAge;
        this.registry = registry;
        this.contract = contract;
        this.authentication = new Authentication(stores.tokens()::check, System::nanoTime);
        this.ofrep = new Ofrep(flags, new EvaluationMetrics(registry, flags, flagsAge), clock);
    }

    Router router(Vertx vertx) {
        RolloutStores rollout = stores.rollout();
        RolloutOperator operator = new RolloutOperator(rollout, clock);
        List<Resource> resources = List.of(
                new OfrepResource(ofrep),
                new FlagsResource(rollout.flags(), new ByHand(rollout, clock)),
                new ExplainResource(flags, clock),
                new MigrationsResource(
                        vertx,
                        stores.runs(),
                        new RunSurroundings(rollout, stores.ofRuns().chores())),
                new WritesResource(vertx, stores.runs(), stores.ofRuns().writes()),
                new OperatingResource(stores.runs(), stores.ofRuns().operating()),
                new RolloutsResource(rollout.flags(), rollout.rollouts(), operator),
                new IncidentsResource(rollout.incidents(), operator),
                new OutcomesResource(rollout.outcomes()),
                new AuditResource(stores.audit()),
                new HealthResource(rollout.flags()::version, flagsAge),
                new ContractResource(contract),
                new MonitorsResource(stores.runs(), rollout.monitors()),
                new MetricsResource(vertx, registry));
        return new Api(contract, authentication, resources).router(vertx);
    }
}
