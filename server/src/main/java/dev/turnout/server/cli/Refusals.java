package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a server's problem means to whoever typed the command, and which command mends it. Pure. */
final class Refusals {
    /** What lists that which a path names one of. */
    private static final Map<String, String> LISTS = Map.of(
            "migrations", "turnout status",
            "rollouts", "turnout status",
            "flags", "turnout flag list",
            "incidents", "turnout incidents",
            "alert-rules", "turnout alert rules",
            "tokens", "turnout token list");

    private Refusals() {}

    static CommandFailed of(int code, JsonNode problem, URI asked) {
        List<String> lines = new ArrayList<>();
        JsonNode problems = problem.path("problems");
        if (problems.isArray() && !problems.isEmpty()) {
            problems.forEach(each -> lines.add(each.asText()));
        } else {
            lines.add(problem.path("detail").asText("the server refused with status " + code));
        }
        mend(code, asked).ifPresent(how -> lines.set(lines.size() - 1, lines.get(lines.size() - 1) + how));
        String message = String.join("\n", lines);
        return switch (code) {
            case 400, 422 -> CommandFailed.badInput(message);
            case 401 ->
                CommandFailed.refused("the server does not know this token: give one with --token"
                        + " (TURNOUT_TOKEN), or name the server's data directory with --data (TURNOUT_DATA)");
            case 429, 502, 503, 504 -> CommandFailed.busy(message);
            default -> CommandFailed.refused(message);
        };
    }

    private static Optional<String> mend(int code, URI asked) {
        return switch (code) {
            case 403 ->
                Optional.of("; an administrator makes such a token with: turnout token create NAME --role ROLE");
            case 404 -> Optional.ofNullable(LISTS.get(list(asked))).map(command -> "; what there is: " + command);
            case 429 -> Optional.of("; wait a moment, or have the token's rate raised: turnout token create --rate");
            case 503 -> Optional.of("; what is the matter: turnout doctor");
            default -> Optional.empty();
        };
    }

    /** {@code migrations} of {@code /api/v1/migrations/shop/pause}. */
    private static String list(URI asked) {
        String[] segments = asked.getPath().split("/");
        return segments.length > 3 ? segments[3] : "";
    }
}
