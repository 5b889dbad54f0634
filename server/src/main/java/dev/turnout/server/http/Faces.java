package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.ChoreStore;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.OperatingStore;
import dev.turnout.server.control.RequestStore;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.TokenStore;
import dev.turnout.server.control.WriteStore;
import dev.turnout.server.rollout.ByHand;
import dev.turnout.server.rollout.FlagImport;
import dev.turnout.server.rollout.RolloutOperator;
import dev.turnout.server.rollout.RolloutStores;
import dev.turnout.server.settings.Settings;
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
    private final Terms terms;
    private final Admission admission;
    private final Ofrep ofrep;
    private final Supplier<FlagSet> flags;
    private volatile boolean draining;

    /** What is read and written of the control state. */
    public record Stores(RolloutStores rollout, RunStore runs, RunStores ofRuns, AuditStore audit, TokenStore tokens) {}

    /** On which terms requests are taken. */
    public record Terms(Contract contract, Settings.Listen listen) {}

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
            Terms terms) {
        this.stores = stores;
        this.clock = clock;
        this.flags = flags;
        this.flagsAge = flagsAge;
        this.registry = registry;
        this.terms = terms;
        this.admission = new Admission(
                new Authentication(stores.tokens()::check),
                new RateLimits(terms.listen().limits().requestsPerSecond(), System::nanoTime),
                new Reach(stores.runs(), stores.rollout().incidents()),
                new RefusedAttempts(stores.audit(), System::nanoTime));
        this.ofrep = new Ofrep(flags, new EvaluationMetrics(registry, flags, flagsAge), clock);
    }

    /** From now on the process says that it is not ready, and goes on serving. */
    public void drain() {
        draining = true;
    }

    Router router(Vertx vertx) {
        RolloutStores rollout = stores.rollout();
        Listings listings = new Listings(rollout.database());
        RolloutOperator operator = new RolloutOperator(rollout, clock);
        List<Resource> resources = List.of(
                new OfrepResource(ofrep),
                new FlagsResource(rollout.flags(), listings, new ByHand(rollout, clock)),
                new FlagFileResource(
                        vertx, rollout.flags(), new FlagImport(rollout, new ByHand(rollout, clock))),
                new ExplainResource(flags, clock),
                new MigrationsResource(
                        vertx,
                        stores.runs(),
                        listings,
                        new RunSurroundings(rollout, stores.ofRuns().chores())),
                new WritesResource(vertx, stores.runs(), stores.ofRuns().writes()),
                new OperatingResource(stores.runs(), stores.ofRuns().operating()),
                new RolloutsResource(rollout.flags(), rollout.rollouts(), operator),
                new IncidentsResource(listings, rollout.incidents(), operator),
                new OutcomesResource(rollout.outcomes()),
                new AuditResource(listings),
                new HealthResource(rollout.flags()::version, flagsAge, () -> draining),
                new TokensResource(stores.tokens(), clock),
                new ContractResource(terms.contract()),
                new MonitorsResource(stores.runs(), rollout.monitors()),
                new MetricsResource(vertx, registry));
        return new Api(terms.contract(), admission, new Once(new RequestStore(rollout.database())), terms.listen(), resources).router(vertx);
    }
}
