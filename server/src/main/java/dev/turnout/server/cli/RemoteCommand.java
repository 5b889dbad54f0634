package dev.turnout.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks a running server. */
@Command(mixinStandardHelpOptions = true)
abstract class RemoteCommand implements Callable<Integer> {
    static final String MIGRATIONS = "/api/v1/migrations";
    static final String ROLLOUTS = "/api/v1/rollouts";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private RemoteOptions options;

    Remote remote() {
        return options.remote(environment());
    }

    Map<String, String> environment() {
        return ((Turnout) spec.root().userObject()).environment();
    }

    /** The server's data directory, where it was named. */
    Optional<String> data() {
        return options.data();
    }

    boolean json() {
        return options.json();
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Prints the answer itself where {@code --json} is given, else what the text says of it. */
    void print(JsonNode answer, Function<JsonNode, List<String>> text) {
        if (json()) {
            out().println(pretty(answer));
        } else {
            text.apply(answer).forEach(out()::println);
        }
        out().flush();
    }

    private static String pretty(JsonNode answer) {
        try {
            return Remote.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always writable", e);
        }
    }
}
