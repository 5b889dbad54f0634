package dev.turnout.server;

import dev.turnout.flags.FlagSet;
import dev.turnout.migration.Tuning;
import dev.turnout.server.console.Console;
import dev.turnout.server.console.Pulse;
import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.ChoreStore;
import dev.turnout.server.control.ClientStore;
import dev.turnout.server.control.ControlDatabase;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.control.GuardStore;
import dev.turnout.server.control.IncidentStore;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.LogStore;
import dev.turnout.server.control.MonitorStore;
import dev.turnout.server.control.NoticeStore;
import dev.turnout.server.control.OperatingStore;
import dev.turnout.server.control.OutcomeStore;
import dev.turnout.server.control.PoolMetrics;
import dev.turnout.server.control.PulseStore;
import dev.turnout.server.control.RolloutStore;
import dev.turnout.server.control.RunClaims;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.SecretStore;
import dev.turnout.server.control.TokenStore;
import dev.turnout.server.control.VerificationStore;
import dev.turnout.server.control.WriteStore;
import dev.turnout.server.http.Contract;
import dev.turnout.server.http.Faces;
import dev.turnout.server.http.HttpServing;
import dev.turnout.server.http.LiveCheck;
import dev.turnout.server.http.StateMetrics;
import dev.turnout.server.notify.NoticeVerticle;
import dev.turnout.server.rollout.RolloutStores;
import dev.turnout.server.rollout.RolloutVerticle;
import dev.turnout.server.settings.Notifying;
import dev.turnout.server.settings.Setting;
import dev.turnout.server.settings.Settings;
import dev.turnout.server.snapshot.FlagSnapshots;
import dev.turnout.worker.embedded.EmbeddedPostgres;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.monitor.ChoreBoard;
import dev.turnout.worker.monitor.MonitorBoard;
import dev.turnout.worker.monitor.MonitorVerticle;
import dev.turnout.worker.monitor.Prometheus;
import dev.turnout.worker.run.RunBoard;
import dev.turnout.worker.run.RunSettings;
import dev.turnout.worker.run.RunVerticle;
import dev.turnout.worker.write.WriteBoard;
import dev.turnout.worker.write.WriteVerticle;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Turnout process: starts its parts in order and stops them in reverse. {@link #start} and {@link #close} block and
 * may be called on different threads, so that a stop can come while the start is under way.
 */
public final class Server implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Server.class);
    private static final Duration LONGEST_START = Duration.ofSeconds(60);
    /** Of any one part; together they stay below what an operator waits for after Ctrl-C. */
    private static final Duration LONGEST_STOP = Duration.ofMillis(2500);

    private static final int CONTROL_CONNECTIONS = 8;
    /** At most so many monitors and chores of one database are at work at once, two of each. */
    private static final int MONITOR_CONNECTIONS = 4;

    /** What a process does. */
    public enum Part {
        /** Answers over HTTP and moves rollouts. */
        HTTP,
        /** Drives migrations, measures monitors, runs scheduled SQL, performs the writes that applications leave. */
        WORKER
    }

    private final Settings settings;
    private final Stops stops = new Stops();
    private final AtomicInteger port = new AtomicInteger();

    public Server(Settings settings) {
        this.settings = settings;
    }

    /**
     * Starts the parts, or nothing: after a failure everything that had been started is stopped. Not on an event loop.
     *
     * @return this
     * @throws StartFailed when the port is taken
     * @throws dev.turnout.server.control.ControlUnreachable when the control database does not answer
     * @throws dev.turnout.worker.jdbc.DatabaseUnreachable when a migrated database does not answer
     * @throws dev.turnout.worker.embedded.EmbeddedPostgresFailed when the embedded control database does not start
     */
    public Server start(Set<Part> parts) {
        try {
            begin(parts);
            return this;
        } catch (RuntimeException | Error e) {
            stops.all();
            throw e;
        }
    }

    private void begin(Set<Part> parts) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        Metrics.addRegistry(stops.add("metrics", registry, Metrics::removeRegistry));
        Vertx vertx = stops.add("vert.x", vertx(registry), started -> stopped(started.close()));
        ControlSettings control = settings.control().orElseGet(this::embedded);
        ControlDatabase database = stops.add(
                "control database", started(ControlDatabase.open(vertx, control)), opened -> stopped(opened.close()));

        Clock clock = settings.pace().clock();
        AuditStore audit = new AuditStore(database, clock);
        FlagStore flags = new FlagStore(database, audit, clock);
        RunStore runs = new RunStore(database, flags, audit, clock);

        MonitorStore monitors = new MonitorStore(database, clock);
        ChoreStore chores = new ChoreStore(database, clock);
        RolloutStores rollout = new RolloutStores(
                database,
                flags,
                new RolloutStore(database),
                new GuardStore(database, clock),
                new OutcomeStore(database, clock),
                monitors,
                new IncidentStore(database, audit, clock),
                audit,
                new NoticeStore(database, clock));

        WriteStore writes = new WriteStore(database, clock);
        if (parts.contains(Part.WORKER)) {
            work(vertx, new RunClaims(database, flags, clock), monitors, chores, writes);
        }
        if (parts.contains(Part.HTTP)) {
            Contract contract = started(Contract.load(vertx));
            TokenStore tokens = new TokenStore(database, audit, clock);
            new AdminToken(settings.adminToken()).ensure(() -> started(tokens.firstAdmin()));
            byte[] secret = started(new SecretStore(database, clock).secret("stream-tickets"));
            FlagSnapshots snapshots = new FlagSnapshots(flags, control, FlagSnapshots.NET, registry);
            deploy(vertx, "flag snapshots", () -> snapshots, 1);
            deploy(
                    vertx,
                    "state metrics",
                    () -> new StateMetrics(new Listings(database), snapshots::current, registry, clock),
                    1);
            deploy(vertx, "rollouts", () -> new RolloutVerticle(rollout, settings.pace()), 1);
            if (!settings.notifying().equals(Notifying.NOBODY)) {
                deploy(
                        vertx,
                        "notifications",
                        () -> new NoticeVerticle(
                                rollout.notices(),
                                settings.notifying(),
                                settings.worker(),
                                InstantSource.system(),
                                registry),
                        1);
            }
            Faces.Stores stores = new Faces.Stores(
                    rollout,
                    runs,
                    new Faces.RunStores(
                            chores,
                            writes,
                            new OperatingStore(database, runs),
                            new VerificationStore(database, runs, clock),
                            new LogStore(database),
                            new LiveCheck(settings.databases())),
                    audit,
                    tokens,
                    new ClientStore(database));
            listen(
                    vertx,
                    new Faces(
                            stores,
                            clock,
                            snapshots,
                            registry,
                            new Faces.Terms(
                                    contract,
                                    settings.listen(),
                                    Buffer.buffer(secret),
                                    console(database, snapshots, clock))));
        }
    }

    private Console console(ControlDatabase database, FlagSnapshots snapshots, Clock clock) {
        Console.Flags flags = new Console.Flags() {
            @Override
            public FlagSet now() {
                return snapshots.current();
            }

            @Override
            public void listen(Runnable told) {
                snapshots.listen(changed -> told.run());
            }
        };
        return new Console(
                settings,
                flags,
                new Pulse(new PulseStore(database)::pulse),
                started(new SecretStore(database, clock).secret("console-sessions")),
                clock);
    }

    private void work(Vertx vertx, RunBoard runs, MonitorBoard monitors, ChoreBoard chores, WriteBoard writes) {
        RunSettings how = RunSettings.of(settings.worker());
        Map<String, Database> databases = new TreeMap<>();
        settings.databases()
                .forEach((name, connection) -> databases.put(
                        name,
                        stops.add(
                                "database " + name,
                                PoolMetrics.measured(Database.open(
                                        connection, Tuning.MOST_LANES + MONITOR_CONNECTIONS + WriteVerticle.LANES)),
                                Database::close)));
        deploy(vertx, "runs", () -> new RunVerticle(runs, databases, settings.pace(), how), 1);
        deploy(
                vertx,
                "monitors",
                () -> new MonitorVerticle(
                        monitors,
                        chores,
                        new MonitorVerticle.Sources(databases, prometheus()),
                        settings.pace(),
                        settings.worker()),
                1);
        deploy(vertx, "writes", () -> new WriteVerticle(writes, databases, settings.pace(), settings.worker()), 1);
    }

    private Map<String, Prometheus> prometheus() {
        Map<String, Prometheus> all = new TreeMap<>();
        settings.prometheus().forEach((name, where) -> all.put(name, new Prometheus(where)));
        return all;
    }

    private static Vertx vertx(PrometheusMeterRegistry registry) {
        MicrometerMetricsOptions metrics = new MicrometerMetricsOptions()
                .setEnabled(true)
                .setJvmMetricsEnabled(true)
                // What there is of them is counted by RequestMetrics.
                .addDisabledMetricsCategory(MetricsDomain.HTTP_SERVER)
                .addDisabledMetricsCategory(MetricsDomain.NET_SERVER)
                .setLabels(EnumSet.of(Label.POOL_NAME));
        return Vertx.builder()
                .with(new VertxOptions().setMetricsOptions(metrics))
                .withMetrics(new MicrometerMetricsFactory(registry))
                .build();
    }

    private ControlSettings embedded() {
        EmbeddedPostgres postgres = stops.add(
                "embedded PostgreSQL",
                EmbeddedPostgres.keep(settings.data().resolve("control"), 0),
                EmbeddedPostgres::close);
        try {
            postgres.createDatabase("turnout");
        } catch (SQLException e) {
            throw new StartFailed("the embedded control database cannot be made: " + e.getMessage(), e);
        }
        return new ControlSettings(postgres.url("turnout"), postgres.user(), postgres.password(), CONTROL_CONNECTIONS);
    }

    private void listen(Vertx vertx, Faces faces) {
        Settings.Listen listen = settings.listen();
        AtomicInteger connections = new AtomicInteger();
        try {
            deploy(
                    vertx,
                    "HTTP",
                    () -> new HttpServing(faces, listen, connections, port),
                    Runtime.getRuntime().availableProcessors());
        } catch (RuntimeException e) {
            if (e.getCause() instanceof IOException why) {
                throw new StartFailed(
                        "cannot listen on " + listen.host() + ":" + listen.port() + ": " + why.getMessage()
                                + " (set by " + Setting.HOST + " and " + Setting.PORT + ")",
                        e);
            }
            throw e;
        }
        log.info("listening on {}://{}:{}", listen.scheme(), listen.host(), port());
        // Stopped first: whoever sends requests here sees that and sends them elsewhere.
        stops.add("readiness", faces, ready -> {
            ready.drain();
            new CountDownLatch(1).await(listen.drain().toMillis(), TimeUnit.MILLISECONDS);
        });
    }

    private void deploy(Vertx vertx, String what, Supplier<Deployable> verticle, int instances) {
        String deployed = started(vertx.deployVerticle(verticle, new DeploymentOptions().setInstances(instances)));
        stops.add(what, deployed, id -> stopped(vertx.undeploy(id)));
    }

    private static <T> T started(Future<T> future) {
        return wait(future, LONGEST_START);
    }

    private static void stopped(Future<?> future) {
        wait(future, LONGEST_STOP);
    }

    /** Not {@link Future#await}: a checked failure would come out undeclared. */
    private static <T> T wait(Future<T> future, Duration longest) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("not done within " + longest, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Where HTTP is listened on; 0 before the start and without HTTP. */
    public int port() {
        return port.get();
    }

    /** Stops what was started, the last first; returns when all has stopped. A second call does nothing. */
    @Override
    public void close() {
        stops.all();
    }
}
