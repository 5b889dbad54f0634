package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout pause}. */
@Command(name = "pause", description = "Lets a migration rest where it is.")
final class PauseCommand extends RemoteCommand {
    @Parameters(paramLabel = "NAME", description = "the migration")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(names = "--reason", paramLabel = "TEXT", required = false, description = "why; kept in the audit")
    private String reason = "";

    @Override
    public Integer call() {
        print(
                remote().post(Remote.path(MIGRATIONS, name, "pause"), Map.of("reason", reason))
                        .body(),
                MigrationText::brief);
        return 0;
    }
}
