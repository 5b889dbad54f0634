package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout backup}. */
@Command(name = "backup", description = "Records that a backup was taken, which the contract may ask for.")
final class BackupCommand extends MigrationCommand {
    @Option(names = "--reference", required = true, paramLabel = "TEXT", description = "where the backup is")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reference;

    @Override
    public Integer call() {
        print(remote().post(path("backup"), Map.of("reference", reference)).body(), MigrationText::brief);
        return 0;
    }
}
