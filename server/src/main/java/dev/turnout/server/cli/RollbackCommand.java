package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout rollback}. */
@Command(
        name = "rollback",
        description = "Takes all traffic back to the old side at once, then takes the migration back.")
final class RollbackCommand extends RemoteCommand {
    @Parameters(paramLabel = "NAME", description = "the migration")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(names = "--traffic-only", description = "leave the database as it is: only the flag goes to 0")
    private boolean trafficOnly;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; kept with the incident")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reason;

    @Override
    public Integer call() {
        Remote remote = remote();
        String path = trafficOnly
                ? Remote.path(ROLLOUTS, flagOf(remote, name), "rollback")
                : Remote.path(MIGRATIONS, name, "rollback");
        print(
                remote.post(path, Map.of("reason", reason)).body(),
                trafficOnly ? MigrationText::rollout : MigrationText::brief);
        return 0;
    }
}
