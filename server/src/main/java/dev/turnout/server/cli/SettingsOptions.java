package dev.turnout.server.cli;

import dev.turnout.server.settings.BadSettings;
import dev.turnout.server.settings.Setting;
import dev.turnout.server.settings.Settings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of a process that keeps running; kept as text so that every problem is told at once. */
final class SettingsOptions {
    private final Map<Setting, String> given = new EnumMap<>(Setting.class);

    @Option(
            names = "--database",
            paramLabel = "NAME=URL",
            description = "a database to migrate, by the name specs use (TURNOUT_DB_<NAME>_URL); user and password come"
                    + " from TURNOUT_DB_<NAME>_USER and TURNOUT_DB_<NAME>_PASSWORD. Can be given several times")
    private List<String> databases = new ArrayList<>();

    @Option(
            names = "--prometheus",
            paramLabel = "NAME=URL",
            description =
                    "a Prometheus that monitors ask, by the name specs use (TURNOUT_PROMETHEUS_<NAME>_URL); what it"
                            + " wants to know comes from TURNOUT_PROMETHEUS_<NAME>_USER and _PASSWORD, or _TOKEN. Can be given"
                            + " several times")
    private List<String> prometheus = new ArrayList<>();

    @Option(names = "--data", paramLabel = "DIR", description = "what must be kept, ./data unless set (TURNOUT_DATA)")
    void data(String text) {
        given.put(Setting.DATA, text);
    }

    @Option(
            names = "--control-db",
            paramLabel = "URL",
            description =
                    "the control database, an embedded one unless set (TURNOUT_CONTROL_DB); user and password come"
                            + " from TURNOUT_CONTROL_USER and TURNOUT_CONTROL_PASSWORD")
    void control(String text) {
        given.put(Setting.CONTROL_DB, text);
    }

    @Option(
            names = "--worker-name",
            paramLabel = "NAME",
            description = "of this process in leases and logs (TURNOUT_WORKER_NAME)")
    void worker(String text) {
        given.put(Setting.WORKER, text);
    }

    @Option(names = "--time-scale", hidden = true, description = "business seconds per real second, for demonstrations")
    void scale(String text) {
        given.put(Setting.TIME_SCALE, text);
    }

    @Option(names = "--time-origin", hidden = true, description = "epoch ms at which business time is real time")
    void origin(String text) {
        given.put(Setting.TIME_ORIGIN, text);
    }

    @Option(names = "--tick", hidden = true, description = "the shortest timer")
    void tick(String text) {
        given.put(Setting.TICK, text);
    }

    void set(Setting setting, String text) {
        given.put(setting, text);
    }

    Settings read(Map<String, String> environment) {
        try {
            return Settings.read(given, new Settings.Named(databases, prometheus), environment, Clock.systemUTC());
        } catch (BadSettings e) {
            throw CommandFailed.badInput(String.join("\n", e.problems()));
        }
    }
}
