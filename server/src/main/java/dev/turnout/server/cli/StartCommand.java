package dev.turnout.server.cli;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout start}. */
@Command(name = "start", description = "Starts a migration: sends its spec and the files it names to the server.")
final class StartCommand extends RemoteCommand {
    @Parameters(paramLabel = "SPEC", description = "the YAML file, or the directory of a migration.yaml")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path path;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
    private String reason = "";

    @Override
    public Integer call() {
        SpecFile file = SpecFile.read(path);
        Object body =
                Map.of("main", file.bundle().main(), "files", file.bundle().files(), "reason", reason);
        print(remote().post(MIGRATIONS, body).body(), MigrationText::brief);
        return 0;
    }
}
