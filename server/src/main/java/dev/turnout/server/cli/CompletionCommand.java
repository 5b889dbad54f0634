package dev.turnout.server.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code turnout completion}. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a script that completes commands and options when Tab is pressed.",
            "In ~/.bashrc or ~/.zshrc: source <(turnout completion bash), or zsh"
        })
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        BASH,
        ZSH
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** One script serves both: in zsh it loads zsh's own support of bash's completion first. */
    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}, in any case")
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // picocli sets it
    private Shell shell;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(AutoComplete.bash("turnout", spec.root().commandLine()));
        out.flush();
        return ExitStatus.DONE.code();
    }
}
