package dev.turnout.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnout.migration.Durations;
import dev.turnout.server.control.AlertRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code turnout alert rules}, {@code set-rule} and {@code delete-rule}: which alerts are acted on, and how. */
final class AlertRuleCommands {
    private static final String RULES = "/api/v1/alert-rules";

    private AlertRuleCommands() {}

    private static String line(JsonNode rule) {
        List<String> match = new ArrayList<>();
        rule.path("match")
                .properties()
                .forEach(label ->
                        match.add(label.getKey() + "=~\"" + label.getValue().asText() + "\""));
        return rule.path("position").asText() + "  " + rule.path("name").asText() + "  {"
                + String.join(", ", match) + "}  "
                + rule.path("action").asText() + " "
                + rule.path("flag").asText()
                + "  within " + rule.path("actionWindow").asText() + " of an increase"
                + (rule.path("enabled").asBoolean() ? "" : "  OFF");
    }

    @Command(name = "rules", description = "Lists the rules in the order in which an alert is held against them.")
    static final class All extends RemoteCommand {
        @Override
        public Integer call() {
            print(remote().get(RULES).body(), all -> {
                List<String> lines = new ArrayList<>();
                all.path("rules").forEach(rule -> lines.add(line(rule)));
                return lines.isEmpty() ? List.of("no rules: every alert is ignored") : lines;
            });
            return 0;
        }
    }

    @Command(
            name = "set-rule",
            description = {
                "Makes a rule, or changes what is named of one that is there.",
                "Try it out before an alert does: turnout alert test FILE --fresh"
            })
    static final class Set extends RemoteCommand {
        @Parameters(paramLabel = "NAME", description = "the rule")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String name;

        @Option(
                names = "--match",
                paramLabel = "LABEL=EXPRESSION",
                description = "a label, and a regular expression for the whole of it, such as 'severity=critical|page'."
                        + " Can be given several times: all must fit, and they replace those of the rule")
        private List<String> match = new ArrayList<>();

        @Option(
                names = "--flag",
                paramLabel = "KEY",
                description = "which flag, such as search, 'checkout-*' or '$${labels.flag}', which it is unless set")
        private @Nullable String flag;

        @Option(
                names = "--action",
                paramLabel = "ACTION",
                description = "${COMPLETION-CANDIDATES}; ROLLBACK unless set")
        private AlertRule.@Nullable Action action;

        @Option(
                names = "--attribution",
                paramLabel = "WHICH",
                description = "of several flags: LATEST, the one increased last, unless set, or ALL")
        private AlertRule.@Nullable Attribution attribution;

        @Option(
                names = "--action-window",
                paramLabel = "TIME",
                description = "for how long after an increase an alert is held against it, 1h unless set, 24h at most")
        private @Nullable String actionWindow;

        @Option(
                names = "--max-alert-age",
                paramLabel = "TIME",
                description = "what began to fire longer ago moves nothing, 5m unless set")
        private @Nullable String maxAlertAge;

        @Option(
                names = "--cooldown",
                paramLabel = "TIME",
                description = "after it acted on a flag, until it does again, 10m unless set")
        private @Nullable String cooldown;

        @Option(
                names = "--arm-label",
                paramLabel = "LABEL",
                description = "that says which side an alert is about, variant unless set")
        private @Nullable String armLabel;

        @Option(
                names = "--require-arm-label",
                arity = "1",
                paramLabel = "BOOL",
                description = "true: an alert without that label is ignored")
        private @Nullable Boolean requireArmLabel;

        @Option(
                names = "--no-data",
                arity = "1",
                paramLabel = "BOOL",
                description = "true: also for alerts that say that nothing is known")
        private @Nullable Boolean noData;

        @Option(
                names = "--position",
                paramLabel = "N",
                description = "the first rule in this order that an alert fits decides, 100 unless set")
        private @Nullable Integer position;

        @Option(names = "--enabled", arity = "1", paramLabel = "BOOL", description = "false: it acts no more")
        private @Nullable Boolean enabled;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; kept in the audit")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String reason;

        @Override
        public Integer call() {
            ObjectNode changes = changes();
            if (changes.isEmpty()) {
                throw CommandFailed.badInput("say what to set of the rule " + name
                        + ", such as --match 'severity=critical|page': turnout help alert set-rule");
            }
            Remote remote = remote();
            Optional<JsonNode> present = present(remote);
            ObjectNode rule = present.<ObjectNode>map(JsonNode::deepCopy).orElseGet(Remote.JSON::createObjectNode);
            rule.setAll(changes);
            rule.put("reason", reason);
            Map<String, String> precondition = present.isEmpty()
                    ? Map.of("If-None-Match", "*")
                    : Map.of("If-Match", "\"" + rule.path("version").asText() + "\"");
            print(
                    remote.send("PUT", Remote.path(RULES, name), rule, precondition)
                            .body(),
                    stored -> List.of(line(stored)));
            return 0;
        }

        private Optional<JsonNode> present(Remote remote) {
            for (JsonNode each : remote.get(RULES).body().path("rules")) {
                if (each.path("name").asText().equals(name)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }

        private ObjectNode changes() {
            ObjectNode changes = Remote.JSON.createObjectNode();
            if (!match.isEmpty()) {
                ObjectNode labels = changes.putObject("match");
                match.forEach(each -> label(labels, each));
            }
            put(changes, "flag", flag);
            put(changes, "action", action);
            put(changes, "attribution", attribution);
            put(changes, "actionWindow", span(actionWindow));
            put(changes, "maxAlertAge", span(maxAlertAge));
            put(changes, "cooldown", span(cooldown));
            put(changes, "armLabel", armLabel);
            put(changes, "requireArmLabel", requireArmLabel);
            put(changes, "noData", noData);
            put(changes, "position", position);
            put(changes, "enabled", enabled);
            return changes;
        }

        /** As rules are listed, and as Alertmanager writes matchers, an expression stands in quotes behind a tilde. */
        private static void label(ObjectNode labels, String text) {
            int equals = text.indexOf('=');
            if (equals < 1 || text.startsWith("~\"", equals + 1)) {
                throw CommandFailed.badInput("--match '" + text
                        + "' must be LABEL=EXPRESSION, such as 'severity=critical|page':"
                        + " what is behind the = is a regular expression as it stands");
            }
            String label = text.substring(0, equals).strip();
            if (labels.has(label)) {
                throw CommandFailed.badInput(
                        "--match names " + label + " twice: write both as one expression, such as '" + label + "="
                                + labels.path(label).asText() + "|" + text.substring(equals + 1) + "'");
            }
            labels.put(label, text.substring(equals + 1));
        }

        /** What is none is sent as it is: the server says what is wrong with it. */
        private static @Nullable String span(@Nullable String text) {
            return text == null
                    ? null
                    : Durations.parse(text.replace(" ", ""))
                            .map(Duration::toString)
                            .orElse(text);
        }

        private static void put(ObjectNode changes, String member, @Nullable Object value) {
            if (value != null) {
                changes.set(member, Remote.JSON.valueToTree(value));
            }
        }
    }

    @Command(name = "delete-rule", description = "Takes a rule away; set-rule --enabled false only lets it rest.")
    static final class Delete extends RemoteCommand {
        @Parameters(paramLabel = "NAME", description = "the rule")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String name;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "why; kept in the audit")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String reason;

        @Override
        public Integer call() {
            print(
                    remote().delete(Remote.path(RULES, name), reason).body(),
                    rule -> List.of("taken away: " + line(rule)));
            return 0;
        }
    }
}
