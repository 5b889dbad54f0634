package dev.turnout.server;

import dev.turnout.migration.Tuning;
import dev.turnout.server.control.PoolMetrics;
import dev.turnout.server.settings.Settings;
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
import java.util.Map;
import java.util.TreeMap;

/** What a process does with {@link Server.Part#WORKER}. */
final class WorkerPart {
    /** At most so many monitors and chores of one database are at work at once, two of each. */
    private static final int MONITOR_CONNECTIONS = 4;

    private final Settings settings;
    private final Starts starts;

    WorkerPart(Settings settings, Starts starts) {
        this.settings = settings;
        this.starts = starts;
    }

    void start(RunBoard runs, MonitorBoard monitors, ChoreBoard chores, WriteBoard writes) {
        RunSettings how = RunSettings.of(settings.worker());
        Map<String, Database> databases = new TreeMap<>();
        settings.databases()
                .forEach((name, connection) -> databases.put(
                        name,
                        starts.stops()
                                .add(
                                        "database " + name,
                                        PoolMetrics.measured(Database.open(
                                                connection,
                                                Tuning.MOST_LANES + MONITOR_CONNECTIONS + WriteVerticle.LANES)),
                                        Database::close)));
        starts.deploy("runs", () -> new RunVerticle(runs, databases, settings.pace(), how), 1);
        starts.deploy(
                "monitors",
                () -> new MonitorVerticle(
                        monitors,
                        chores,
                        new MonitorVerticle.Sources(databases, prometheus()),
                        settings.pace(),
                        settings.worker()),
                1);
        starts.deploy("writes", () -> new WriteVerticle(writes, databases, settings.pace(), settings.worker()), 1);
    }

    private Map<String, Prometheus> prometheus() {
        Map<String, Prometheus> all = new TreeMap<>();
        settings.prometheus().forEach((name, where) -> all.put(name, new Prometheus(where)));
        return all;
    }
}
