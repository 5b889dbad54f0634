package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code turnout token …}. */
@Command(
        name = "token",
        description = "Makes, lists, rotates and revokes tokens.",
        mixinStandardHelpOptions = true,
        subcommands = {
            TokenCommand.Create.class,
            TokenCommand.All.class,
            TokenCommand.Rotate.class,
            TokenCommand.Revoke.class
        })
final class TokenCommand implements Runnable {
    private static final String TOKENS = "/api/v1/tokens";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do: create, list, rotate or revoke");
    }

    private static String words(JsonNode list, String none) {
        List<String> words = new ArrayList<>();
        list.forEach(word -> words.add(word.asText()));
        return words.isEmpty() ? none : String.join(", ", words);
    }

    private static String line(JsonNode token) {
        String ends = token.hasNonNull("revokedAt")
                ? "REVOKED " + token.path("revokedAt").asText()
                : token.hasNonNull("expiresAt")
                        ? "until " + token.path("expiresAt").asText()
                        : "for good";
        return token.path("name").asText() + "  " + words(token.path("roles"), "no role") + "  "
                + words(token.path("scopes"), "all flags") + "  " + ends;
    }

    /** What is made with a secret in it: that alone on the standard output, so that a script can keep it. */
    private static List<String> secret(JsonNode token) {
        return List.of(token.path("token").asText());
    }

    @Command(name = "create", description = "Makes a token and prints it; it is shown this once.")
    static final class Create extends RemoteCommand {
        @Parameters(paramLabel = "NAME")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String name;

        @Option(
                names = "--role",
                required = true,
                split = ",",
                paramLabel = "ROLE",
                description = "evaluate, report, write, operate, alert or admin; several with commas")
        private List<String> roles = new ArrayList<>();

        @Option(
                names = "--scope",
                split = ",",
                paramLabel = "PREFIX",
                description = "only flags whose keys begin with it; several with commas")
        private List<String> scopes = new ArrayList<>();

        @Option(names = "--expires-in", paramLabel = "DURATION", description = "such as P90D; for good unless given")
        private String expiresIn = "";

        @Option(names = "--rate", paramLabel = "N", description = "requests a second; the server's limit unless given")
        private int rate;

        @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
        private String reason = "";

        @Override
        public Integer call() {
            ObjectNode wanted = Remote.JSON.createObjectNode().put("name", name).put("reason", reason);
            roles.forEach(wanted.putArray("roles")::add);
            scopes.forEach(wanted.putArray("scopes")::add);
            if (!expiresIn.isEmpty()) {
                wanted.put("expiresIn", expiresIn);
            }
            if (rate > 0) {
                wanted.put("requestsPerSecond", rate);
            }
            print(remote().post(TOKENS, wanted).body(), TokenCommand::secret);
            return 0;
        }
    }

    @Command(name = "list", description = "Lists all tokens, without what is secret of them.")
    static final class All extends RemoteCommand {
        @Override
        public Integer call() {
            print(remote().all(TOKENS, "tokens"), all -> {
                List<String> lines = new ArrayList<>();
                all.path("tokens").forEach(token -> lines.add(line(token)));
                return lines;
            });
            return 0;
        }
    }

    @Command(
            name = "rotate",
            description = "Gives a token a new secret and prints it; the old one works a while longer.")
    static final class Rotate extends RemoteCommand {
        @Parameters(paramLabel = "NAME")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String name;

        @Option(names = "--overlap", paramLabel = "DURATION", description = "for how long, PT1H unless given")
        private String overlap = "PT1H";

        @Option(names = "--reason", paramLabel = "TEXT", description = "why; kept in the audit")
        private String reason = "";

        @Override
        public Integer call() {
            Map<String, String> how = Map.of("overlap", overlap, "reason", reason);
            print(remote().post(Remote.path(TOKENS, name, "rotate"), how).body(), TokenCommand::secret);
            return 0;
        }
    }

    @Command(name = "revoke", description = "Ends a token for good.")
    static final class Revoke extends RemoteCommand {
        @Parameters(paramLabel = "NAME")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String name;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; kept in the audit")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String reason;

        @Override
        public Integer call() {
            print(remote().delete(Remote.path(TOKENS, name), reason).body(), token -> List.of(line(token)));
            return 0;
        }
    }
}
