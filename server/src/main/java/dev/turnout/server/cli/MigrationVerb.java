package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Option;

/** What needs nothing but the migration and perhaps a reason. */
abstract class MigrationVerb extends MigrationCommand {
    @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
    private String reason = "";

    private final String verb;

    MigrationVerb(String verb) {
        this.verb = verb;
    }

    @Override
    public Integer call() {
        print(remote().post(path(verb), Map.of("reason", reason)).body(), MigrationText::brief);
        return 0;
    }
}
