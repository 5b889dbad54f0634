package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout freeze}. */
@Command(
        name = "freeze",
        description = "Stops the steps of every rollout, or of one flag's; without a reason, shows what is stopped.")
final class FreezeCommand extends RemoteCommand {
    @Parameters(paramLabel = "FLAG", arity = "0..1", description = "one flag; every flag unless given")
    private @Nullable String flag;

    @Option(names = "--reason", paramLabel = "TEXT", description = "what for, and until when")
    private @Nullable String reason;

    @Override
    public Integer call() {
        if (reason == null) {
            print(remote().get("/api/v1/freezes").body(), FreezeCommand::lines);
            return 0;
        }
        String path = flag == null ? "/api/v1/freeze" : Remote.path(ROLLOUTS, flag, "freeze");
        print(remote().post(path, Map.of("reason", reason)).body(), FreezeCommand::lines);
        return 0;
    }

    static List<String> lines(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        answer.path("freezes")
                .forEach(each -> lines.add(each.path("flag").asText("every flag") + "  frozen since "
                        + each.path("at").asText() + " by " + each.path("by").asText() + ": "
                        + each.path("reason").asText()));
        return lines.isEmpty() ? List.of("nothing is frozen") : lines;
    }
}
