package dev.turnout.server;

import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.ChoreStore;
import dev.turnout.server.control.ControlDatabase;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.control.GuardStore;
import dev.turnout.server.control.IncidentStore;
import dev.turnout.server.control.MonitorStore;
import dev.turnout.server.control.NoticeStore;
import dev.turnout.server.control.OutcomeStore;
import dev.turnout.server.control.RolloutStore;
import dev.turnout.server.control.RunClaims;
import dev.turnout.server.control.RunStore;
import dev.turnout.server.control.WriteStore;
import dev.turnout.server.rollout.RolloutStores;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.embedded.EmbeddedPostgres;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.sql.SQLException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Turnout process: starts its parts in order and stops them in reverse. {@link #start} and {@link #close} block and
 * may be called on different threads, so that a stop can come while the start is under way.
 */
public final class Server implements AutoCloseable {
    private static final int CONTROL_CONNECTIONS = 8;

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
        Vertx vertx = stops.add("vert.x", vertx(registry), started -> Starts.stopped(started.close()));
        ControlSettings control = settings.control().orElseGet(this::embedded);
        ControlDatabase database = stops.add(
                "control database",
                Starts.started(ControlDatabase.open(vertx, control)),
                opened -> Starts.stopped(opened.close()));

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
        Starts starts = new Starts(vertx, stops);
        if (parts.contains(Part.WORKER)) {
            new WorkerPart(settings, starts).start(new RunClaims(database, flags, clock), monitors, chores, writes);
        }
        if (parts.contains(Part.HTTP)) {
            new HttpPart(settings, starts, registry, port).start(control, rollout, runs, chores, writes);
        }
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
