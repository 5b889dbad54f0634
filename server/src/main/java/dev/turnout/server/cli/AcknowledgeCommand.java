package dev.turnout.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout acknowledge}. */
@Command(
        name = "acknowledge",
        description = "Says that an incident has been understood, so that the rollout may go on.")
final class AcknowledgeCommand extends RemoteCommand {
    @Parameters(paramLabel = "INCIDENT", description = "its number, as `turnout incidents` shows it")
    private long incident;

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "what was found and mended")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reason;

    @Override
    public Integer call() {
        String path = Remote.path("/api/v1/incidents", Long.toString(incident), "acknowledge");
        print(remote().post(path, Map.of("reason", reason)).body(), IncidentsCommand::lines);
        return 0;
    }
}
