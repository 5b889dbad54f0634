package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout approve}. */
@Command(name = "approve", description = "Approves the next step of the rollout, or the contract.")
final class ApproveCommand extends MigrationCommand {
    @Option(names = "--contract", description = "approve taking the old side away")
    private boolean contract;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
    private String reason = "";

    @Override
    public Integer call() {
        Remote remote = remote();
        String path = contract ? path("approve") : rolloutPath(remote, "approve");
        print(
                remote.post(path, Map.of("reason", reason)).body(),
                contract ? MigrationText::brief : MigrationText::rollout);
        return 0;
    }
}
