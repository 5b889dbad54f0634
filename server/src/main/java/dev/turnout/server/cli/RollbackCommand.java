package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout rollback}. */
@Command(
        name = "rollback",
        description = "Takes all traffic back to the old side at once, then takes the migration back.")
final class RollbackCommand extends MigrationCommand {
    @Option(names = "--traffic-only", description = "leave the database as it is: only the flag goes to 0")
    private boolean trafficOnly;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; kept with the incident")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reason;

    @Override
    public Integer call() {
        Remote remote = remote();
        String path = trafficOnly ? rolloutPath(remote, "rollback") : path("rollback");
        print(
                remote.post(path, Map.of("reason", reason)).body(),
                trafficOnly ? MigrationText::rollout : MigrationText::brief);
        return 0;
    }
}
