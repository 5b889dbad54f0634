package dev.turnout.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code turnout help flag apply}: picocli's own stops at the first word. */
@Command(
        name = "help",
        helpCommand = true,
        description = "Tells what a command does and which options it has; all commands unless one is named.")
final class HelpCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", description = "one, or with its own behind it: flag apply")
    private List<String> words = new ArrayList<>();

    @Override
    public void run() {
        CommandLine at = spec.root().commandLine();
        for (String word : words) {
            CommandLine above = at;
            at = Optional.ofNullable(above.getSubcommands().get(word))
                    .orElseThrow(() -> new ParameterException(
                            above,
                            "there is no command " + word + " in "
                                    + above.getCommandSpec().qualifiedName()));
        }
        at.usage(spec.commandLine().getOut());
    }
}
