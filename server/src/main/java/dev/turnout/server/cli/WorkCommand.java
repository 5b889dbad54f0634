package dev.turnout.server.cli;

import dev.turnout.server.Server.Part;
import dev.turnout.server.settings.Setting;
import dev.turnout.server.settings.Settings;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout work}. */
@Command(name = "work", description = "Runs a worker alone, until Ctrl-C: it moves rows and measures monitors.")
final class WorkCommand extends ProcessCommand {
    @Option(names = "--json", description = "print as JSON what it works on, once it does")
    private boolean json;

    @Override
    public Integer call() {
        Settings settings = settings();
        if (settings.control().isEmpty()) {
            throw CommandFailed.badInput("a worker alone needs the control database of its server: set "
                    + Setting.CONTROL_DB + " (an embedded one belongs to one process: use 'turnout serve')");
        }
        if (settings.databases().isEmpty()) {
            throw CommandFailed.badInput(
                    "a worker needs a database to work on: set --database NAME=URL" + " (TURNOUT_DB_<NAME>_URL)");
        }
        Set<String> databases = settings.databases().keySet();
        run(
                settings,
                EnumSet.of(Part.WORKER),
                server -> json
                        ? Remote.JSON
                                .valueToTree(Map.of("databases", new TreeSet<>(databases)))
                                .toString()
                        : "turnout works on " + String.join(", ", databases));
        return 0;
    }
}
