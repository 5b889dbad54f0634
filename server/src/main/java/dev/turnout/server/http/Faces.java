package dev.turnout.server.http;

import dev.turnout.flags.FlagSet;
import dev.turnout.flags.wire.Ruleset;
import dev.turnout.server.alert.AlertActions;
import dev.turnout.server.alert.AlertIntake;
import dev.turnout.server.control.AlertRuleStore;
import dev.turnout.server.control.AlertStore;
import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.ChoreStore;
import dev.turnout.server.control.ClientStore;
import dev.turnout.server.control.FreezeStore;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.LogStore;
import dev.turnout.server.control.OperatingStore;
import dev.turnout.server.control.RequestStore;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.SessionStore;
import dev.turnout.server.control.TokenStore;
import dev.turnout.server.control.VerificationStore;
import dev.turnout.server.control.WriteStore;
import dev.turnout.server.rollout.ByHand;
import dev.turnout.server.rollout.FlagImport;
import dev.turnout.server.rollout.RolloutOperator;
import dev.turnout.server.rollout.RolloutStores;
import dev.turnout.server.rollout.StepOperator;
import dev.turnout.server.settings.Settings;
import dev.turnout.server.snapshot.FlagSnapshots;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** All that is said over HTTP, put together. Thread-safe; every event loop makes a router of its own. */
public final class Faces {
    /** Sockets are cheap, file descriptors and memory are not endless. */
    private static final int MOST_STREAMS = 20_000;

    private final Stores stores;
    private final Clock clock;
    private final FlagSnapshots snapshots;
    private final PrometheusMeterRegistry registry;
    private final Terms terms;
    private final Admission admission;
    private final SessionStore sessions;
    private final Ofrep ofrep;
    private volatile boolean draining;
    private final StreamTickets tickets;
    private final RequestMetrics requests;
    private final Events refetch = Events.refetch();
    private final Events ruleset = Events.ruleset(Ruleset::write);
    private final AtomicInteger streams = new AtomicInteger();

    /** What is read and written of the control state. */
    public record Stores(
            RolloutStores rollout,
            RunStore runs,
            RunStores ofRuns,
            AuditStore audit,
            TokenStore tokens,
            ClientStore clients) {}

    /**
     * On which terms requests are taken.
     *
     * @param secret to sign tickets with
     * @param beside what is answered beside the API
     */
    public record Terms(Contract contract, Settings.Listen listen, Buffer secret, Face beside) {}

    /**
     * What belongs to runs beside their state.
     *
     * @param live for specs that nobody has started yet
     */
    public record RunStores(
            ChoreStore chores,
            WriteStore writes,
            OperatingStore operating,
            VerificationStore verifications,
            LogStore logs,
            LiveCheck live) {}

    /**
     * @param clock business time
     * @param snapshots the flags
     */
    public Faces(Stores stores, Clock clock, FlagSnapshots snapshots, PrometheusMeterRegistry registry, Terms terms) {
        this.stores = stores;
        this.clock = clock;
        this.snapshots = snapshots;
        this.registry = registry;
        this.terms = terms;
        this.admission = new Admission(
                new Authentication(stores.tokens()::check),
                new RateLimits(terms.listen().limits().requestsPerSecond(), System::nanoTime),
                new Reach(stores.runs(), stores.rollout().incidents()),
                new RefusedAttempts(stores.audit(), System::nanoTime));
        this.sessions = new SessionStore(stores.rollout().database(), clock);
        this.ofrep = new Ofrep(new EvaluationMetrics(registry, snapshots::current, snapshots::age), clock);
        this.requests = new RequestMetrics(registry);
        this.tickets = new StreamTickets(terms.secret().getBytes(), InstantSource.system());
        Gauge.builder("turnout.streams", streams, AtomicInteger::get)
                .description("clients that are told of changes as they happen")
                .register(registry);
    }

    /** From now on the process says that it is not ready, and goes on serving. */
    public void drain() {
        draining = true;
    }

    /** For the event loop that this is called on; it must be told of changes. */
    Serving serving(Vertx vertx) {
        Streams told = new Streams(
                vertx,
                snapshots::current,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                streams,
                MOST_STREAMS);
        OfrepFace face = new OfrepFace(
                admission,
                snapshots,
                ofrep,
                tickets,
                new Body(OfrepFace.BODY_LIMIT, terms.listen().limits().bodyTime()),
                requests);
        Api api = new Api(
                vertx,
                terms.contract(),
                admission,
                new Once(new RequestStore(stores.rollout().database())),
                terms.listen(),
                requests,
                resources(vertx, told));
        Router router = api.router(vertx);
        terms.beside().mount(vertx, router, new Inside(api, admission, sessions));
        router.get(Ofrep.EVENTS).handler(new OfrepEvents(tickets, told, refetch));
        // What a browser asks goes through the router, for CORS.
        router.route(Ofrep.FLAGS + "*").handler(ctx -> face.handle(ctx.request()));
        return new Serving(face, router, told);
    }

    /** Tells the event loop of the caller. */
    void listen(Consumer<FlagSet> listener) {
        snapshots.listen(listener);
    }

    private List<Resource> resources(Vertx vertx, Streams told) {
        RolloutStores rollout = stores.rollout();
        Listings listings = new Listings(rollout.database());
        RolloutOperator operator = new RolloutOperator(rollout, clock);
        AlertRuleStore alertRules = new AlertRuleStore(rollout.database(), stores.audit(), clock);
        AlertStore alerts = new AlertStore(rollout.database(), clock);
        return List.of(
                new RulesetResource(snapshots::current, told, ruleset),
                new ClientsResource(stores.clients()),
                new FlagsResource(rollout.flags(), listings, new ByHand(rollout, clock)),
                new FlagFileResource(vertx, rollout.flags(), new FlagImport(rollout, new ByHand(rollout, clock))),
                new HistoryResource(stores.audit(), new ByHand(rollout, clock)),
                new ExplainResource(snapshots::current, clock),
                new MigrationsResource(
                        vertx,
                        stores.runs(),
                        listings,
                        new RunSurroundings(
                                rollout,
                                stores.ofRuns().chores(),
                                stores.ofRuns().verifications())),
                new SpecResource(vertx, stores.runs()),
                new LogResource(stores.runs(), stores.ofRuns().logs()),
                new VerificationsResource(vertx, stores.runs(), stores.ofRuns().verifications()),
                new CheckResource(vertx, stores.ofRuns().live()),
                new WritesResource(vertx, stores.runs(), stores.ofRuns().writes()),
                new OperatingResource(stores.runs(), stores.ofRuns().operating()),
                new RolloutsResource(
                        rollout.flags(), listings, rollout.rollouts(), operator, new StepOperator(rollout, clock)),
                new FreezeResource(new FreezeStore(rollout.database(), rollout.audit(), clock)),
                new IncidentsResource(listings, rollout.incidents(), operator),
                new OutcomesResource(rollout.outcomes(), clock, new OutcomeMetrics(registry)),
                new GuardResource(rollout.guards(), clock),
                new AuditResource(listings),
                new HealthResource(rollout.flags()::version, snapshots::age, () -> draining, clock),
                new TokensResource(stores.tokens(), clock),
                new ContractResource(terms.contract()),
                new MonitorsResource(stores.runs(), rollout.monitors(), stores.audit()),
                new AlertRulesResource(alertRules),
                new AlertsResource(
                        new AlertIntake(
                                rollout.database(),
                                alertRules,
                                alerts,
                                new AlertActions(rollout, alerts, operator),
                                registry,
                                clock),
                        alerts,
                        clock),
                new NoticesResource(rollout.notices()),
                new MetricsResource(vertx, registry));
    }
}
