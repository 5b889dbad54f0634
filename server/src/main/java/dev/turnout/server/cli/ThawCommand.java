package dev.turnout.server.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout thaw}. */
@Command(name = "thaw", description = "Lets rollouts take their steps again.")
final class ThawCommand extends RemoteCommand {
    @Parameters(paramLabel = "FLAG", arity = "0..1", description = "one flag; every flag unless given")
    private @Nullable String flag;

    @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
    private String reason = "";

    @Override
    public Integer call() {
        String path = flag == null ? "/api/v1/thaw" : Remote.path(ROLLOUTS, flag, "thaw");
        print(remote().post(path, Map.of("reason", reason)).body(), FreezeCommand::lines);
        return 0;
    }
}
