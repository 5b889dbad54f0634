package dev.turnout.server;

import dev.turnout.flags.FlagSet;
import dev.turnout.server.console.Console;
import dev.turnout.server.console.Pulse;
import dev.turnout.server.control.ChoreStore;
import dev.turnout.server.control.ClientStore;
import dev.turnout.server.control.ControlDatabase;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.LogStore;
import dev.turnout.server.control.OperatingStore;
import dev.turnout.server.control.PulseStore;
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
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process does with {@link Server.Part#HTTP}. */
final class HttpPart {
    private static final Logger log = LoggerFactory.getLogger(HttpPart.class);

    private final Settings settings;
    private final Starts starts;
    private final PrometheusMeterRegistry registry;
    private final AtomicInteger port;

    /** @param port is told where HTTP is listened on */
    HttpPart(Settings settings, Starts starts, PrometheusMeterRegistry registry, AtomicInteger port) {
        this.settings = settings;
        this.starts = starts;
        this.registry = registry;
        this.port = port;
    }

    /** @param control where news come from, beside the stores' own connections */
    void start(ControlSettings control, RolloutStores rollout, RunStore runs, ChoreStore chores, WriteStore writes) {
        ControlDatabase database = rollout.database();
        Clock clock = settings.pace().clock();
        Contract contract = Starts.started(Contract.load(starts.vertx()));
        TokenStore tokens = new TokenStore(database, rollout.audit(), clock);
        new AdminToken(settings.adminToken()).ensure(() -> Starts.started(tokens.firstAdmin()));
        byte[] secret = Starts.started(new SecretStore(database, clock).secret("stream-tickets"));
        FlagSnapshots snapshots = new FlagSnapshots(rollout.flags(), control, FlagSnapshots.NET, registry);
        starts.deploy("flag snapshots", () -> snapshots, 1);
        starts.deploy(
                "state metrics",
                () -> new StateMetrics(new Listings(database), snapshots::current, registry, clock),
                1);
        starts.deploy("rollouts", () -> new RolloutVerticle(rollout, settings.pace()), 1);
        if (!settings.notifying().equals(Notifying.NOBODY)) {
            starts.deploy(
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
                rollout.audit(),
                tokens,
                new ClientStore(database));
        listen(new Faces(
                stores,
                clock,
                snapshots,
                registry,
                new Faces.Terms(
                        contract, settings.listen(), Buffer.buffer(secret), console(database, snapshots, clock))));
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
                Starts.started(new SecretStore(database, clock).secret("console-sessions")),
                clock);
    }

    private void listen(Faces faces) {
        Settings.Listen listen = settings.listen();
        AtomicInteger connections = new AtomicInteger();
        try {
            starts.deploy(
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
        log.info("listening on {}://{}:{}", listen.scheme(), listen.host(), port.get());
        // Stopped first: whoever sends requests here sees that and sends them elsewhere.
        starts.stops().add("readiness", faces, ready -> {
            ready.drain();
            new CountDownLatch(1).await(listen.drain().toMillis(), TimeUnit.MILLISECONDS);
        });
    }
}
