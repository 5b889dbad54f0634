package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code turnout notifications}. */
@Command(
        name = "notifications",
        description = "Lists what was told to the outside and where it has arrived, the newest first.")
final class NotificationsCommand extends RemoteCommand {
    @Option(names = "--flag", paramLabel = "KEY", description = "only those about one flag")
    private String flag = "";

    @Option(names = "--limit", paramLabel = "N", description = "so many at most; 20 unless given")
    private int limit = 20;

    @Override
    public Integer call() {
        String query =
                "?limit=" + limit + (flag.isEmpty() ? "" : "&flag=" + URLEncoder.encode(flag, StandardCharsets.UTF_8));
        print(remote().get("/api/v1/notifications" + query).body(), NotificationsCommand::lines);
        return ExitStatus.DONE.code();
    }

    static List<String> lines(JsonNode answer) {
        List<String> lines = new ArrayList<>();
        answer.path("notifications").forEach(notice -> {
            lines.add(notice.path("at").asText() + "  " + notice.path("flag").asText() + "  "
                    + notice.path("text").asText());
            notice.path("deliveries").forEach(delivery -> lines.add("    " + delivery(delivery)));
            if (notice.path("deliveries").isEmpty()) {
                lines.add("    nobody was to be told: no server had a webhook or Slack then");
            }
        });
        return lines.isEmpty() ? List.of("no notifications") : lines;
    }

    private static String delivery(JsonNode delivery) {
        String state = delivery.path("state").asText();
        String because = delivery.path("because").asText();
        return delivery.path("target").asText() + " "
                + state.toLowerCase(Locale.ROOT).replace('_', ' ')
                + (state.equals("DELIVERED") || because.isEmpty() ? "" : ", " + because)
                + (delivery.path("attempts").asInt() > 1
                        ? ", attempt " + delivery.path("attempts").asText()
                        : "");
    }
}
