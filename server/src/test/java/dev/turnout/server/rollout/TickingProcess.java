package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.ControlDatabase;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.control.GuardStore;
import dev.turnout.server.control.IncidentStore;
import dev.turnout.server.control.MonitorStore;
import dev.turnout.server.control.NoticeStore;
import dev.turnout.server.control.OutcomeStore;
import dev.turnout.server.control.RolloutStore;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** What moves rollouts, in a process of its own, so that it can be killed. */
final class TickingProcess {
    private TickingProcess() {}

    /** Arguments: URL, user and password of the control database, and the business time, which stands still. */
    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx();
        ControlDatabase database =
                await(ControlDatabase.open(vertx, new ControlSettings(args[0], args[1], args[2], 4)));
        Clock clock = Clock.fixed(Instant.parse(args[3]), ZoneOffset.UTC);
        await(vertx.deployVerticle(
                new RolloutVerticle(stores(database, clock), new Pace(clock, 250, Duration.ofMillis(20)))));
    }

    static RolloutStores stores(ControlDatabase database, Clock clock) {
        AuditStore audit = new AuditStore(database, clock);
        return new RolloutStores(
                database,
                new FlagStore(database, audit, clock),
                new RolloutStore(database),
                new GuardStore(database, clock),
                new OutcomeStore(database, clock),
                new MonitorStore(database, clock),
                new IncidentStore(database, audit, clock),
                audit,
                new NoticeStore(database, clock));
    }

    static Process start(ControlSettings database, Instant now, Path log) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TickingProcess.class.getName(),
                        database.jdbcUrl(),
                        database.user(),
                        database.secret(),
                        now.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())))
                .start();
    }
}
