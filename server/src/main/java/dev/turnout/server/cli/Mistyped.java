package dev.turnout.server.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Tells what is wrong with a command that was typed, what was probably meant, and where its options are told: all options
 * after it would push the one line that matters off the screen.
 */
final class Mistyped implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException mistake, String[] arguments) {
        CommandLine command = mistake.getCommandLine();
        CommandFailed failed = CommandFailed.badInput(String.valueOf(mistake.getMessage()));
        boolean json = List.of(arguments).contains("--json");
        Turnout.tell(failed, command, json);
        PrintWriter err = command.getErr();
        if (!json && command.getSubcommands().isEmpty()) {
            UnmatchedArgumentException.printSuggestions(mistake, err);
            err.println(
                    "  its options: " + command.getCommandSpec().qualifiedName().replaceFirst(" ", " help "));
        } else if (!json && !UnmatchedArgumentException.printSuggestions(mistake, err)) {
            command.usage(err);
        }
        err.flush();
        return failed.status().code();
    }
}
