package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout backup}. */
@Command(name = "backup", description = "Records that a backup was taken, which the contract may ask for.")
final class BackupCommand extends RemoteCommand {
    @Parameters(paramLabel = "NAME", description = "the migration")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(names = "--reference", required = true, paramLabel = "TEXT", description = "where the backup is")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Override
    public Integer call() {
        print(
                remote().post(Remote.path(MIGRATIONS, name, "backup"), Map.of("reference", reference))
                        .body(),
                MigrationText::brief);
        return 0;
    }
}
