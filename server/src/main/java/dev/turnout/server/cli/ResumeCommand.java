package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout resume}. */
@Command(name = "resume", description = "Lets a paused or failed migration go on.")
final class ResumeCommand extends RemoteCommand {
    @Parameters(paramLabel = "NAME", description = "the migration")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(names = "--reason", paramLabel = "TEXT", required = false, description = "why; kept in the audit")
    private String reason = "";

    @Override
    public Integer call() {
        print(
                remote().post(Remote.path(MIGRATIONS, name, "resume"), Map.of("reason", reason))
                        .body(),
                MigrationText::brief);
        return 0;
    }
}
