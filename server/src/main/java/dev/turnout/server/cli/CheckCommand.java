package dev.turnout.server.cli;

import dev.turnout.migration.Spec;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** {@code turnout check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Checks a spec as a whole and names everything that is wrong with it.")
final class CheckCommand implements Callable<Integer> {
    @picocli.CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Parameters(paramLabel = "SPEC", description = "the YAML file, or the directory of a migration.yaml")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path path;

    @Override
    public Integer call() {
        Spec read = SpecFile.read(path).spec();
        PrintWriter out = spec.commandLine().getOut();
        out.println(read.name() + " is fine: " + read.moves().size() + " to move, "
                + read.rollout().steps().size() + " steps of rollout, hash " + read.hash());
        out.flush();
        return 0;
    }
}
