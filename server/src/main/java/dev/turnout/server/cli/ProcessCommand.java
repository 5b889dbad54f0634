package dev.turnout.server.cli;

import dev.turnout.server.Server;
import dev.turnout.server.Server.Part;
import dev.turnout.server.settings.Setting;
import dev.turnout.server.settings.Settings;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command that becomes a process: it runs until Ctrl-C, and says what it does once it does it. */
@Command(mixinStandardHelpOptions = true)
abstract class ProcessCommand implements Callable<Integer> {
    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Turnout turnout;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SettingsOptions options;

    void set(Setting setting, String text) {
        options.set(setting, text);
    }

    Settings settings() {
        return options.read(turnout.environment());
    }

    /** @param words what to say once everything is started */
    void run(Settings settings, Set<Part> parts, Function<Server, String> words) {
        PrintWriter out = spec.commandLine().getOut();
        Running.untilStopped(settings, parts, server -> {
            out.println(words.apply(server));
            out.flush();
        });
    }
}
