package dev.turnout.server.cli;

import dev.turnout.server.Server.Part;
import dev.turnout.server.settings.Setting;
import dev.turnout.server.settings.Settings;
import java.io.PrintWriter;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code turnout work}. */
@Command(
        name = "work",
        mixinStandardHelpOptions = true,
        description = "Runs a worker alone, until Ctrl-C: it moves rows and measures monitors.")
final class WorkCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Turnout turnout;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SettingsOptions options;

    @Option(names = "--json", description = "print as JSON what it works on, once it does")
    private boolean json;

    @Override
    public Integer call() {
        Settings settings = options.read(turnout.environment());
        if (settings.control().isEmpty()) {
            throw CommandFailed.badInput("a worker alone needs the control database of its server: set "
                    + Setting.CONTROL_DB + " (an embedded one belongs to one process: use 'turnout serve')");
        }
        if (settings.databases().isEmpty()) {
            throw CommandFailed.badInput(
                    "a worker needs a database to work on: set --database NAME=URL" + " (TURNOUT_DB_<NAME>_URL)");
        }
        PrintWriter out = spec.commandLine().getOut();
        Running.untilStopped(settings, EnumSet.of(Part.WORKER), server -> {
            out.println(
                    json
                            ? Remote.JSON
                                    .valueToTree(Map.of(
                                            "databases",
                                            new TreeSet<>(settings.databases().keySet())))
                                    .toString()
                            : "turnout works on "
                                    + String.join(", ", settings.databases().keySet()));
            out.flush();
        });
        return 0;
    }
}
