package dev.turnout.server.console;

import dev.turnout.migration.Durations;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a form was filled with, as a request of the API. Pure. */
final class Filled {
    /** Fields with a meaning of their own; the others are members of the body. */
    private static final Set<String> OWN = Set.of(
            Entrance.PROOF,
            "to",
            "once",
            "match",
            "new",
            "of",
            "percent",
            "force",
            "monitor",
            "verification",
            "stepTo",
            "stepSoak",
            "stepApprove");

    /** Members that another field of a form has the name of. */
    private static final Map<String, String> MEMBERS = Map.of("skipTo", "to", "past", "force", "labels", "match");

    private static final Set<String> WHOLE = Set.of("requestsPerSecond", "version", "position", "minUnits");
    private static final Set<String> WORDS = Set.of("roles", "scopes");
    private static final Set<String> YES_OR_NO = Set.of("past", "enabled", "noData", "requireArmLabel", "fourEyes");
    private static final Set<String> SPANS = Set.of("actionWindow", "maxAlertAge", "cooldown");

    private Filled() {}

    static Ask ask(Action action, MultiMap form) {
        Ask ask = Ask.of(action.endpoint());
        if (!action.parameter().isEmpty()) {
            ask = ask.at(action.parameter(), text(form, "of").strip());
        }
        if (form.contains("monitor")) {
            ask = ask.at("monitor", text(form, "monitor"));
        }
        if (form.contains("verification")) {
            ask = ask.at("id", text(form, "verification"));
        }
        if (!text(form, "match").isEmpty()) {
            ask = ask.header("If-Match", text(form, "match"));
        }
        if (!text(form, "new").isEmpty()) {
            ask = ask.header("If-None-Match", "*");
        }
        if (text(form, "once").matches("[!-~]{1,128}")) {
            ask = ask.header("Idempotency-Key", text(form, "once"));
        }
        if (!text(form, "percent").isEmpty()) {
            ask = ask.with("weight", percent(text(form, "percent")));
        }
        if (!text(form, "force").isEmpty()) {
            ask = ask.where("force", "true");
        }
        if (form.contains("stepTo")) {
            ask = ask.with("steps", steps(form));
        }
        for (String name : form.names()) {
            if (!OWN.contains(name)) {
                ask = member(ask, action, name, form.getAll(name));
            }
        }
        return ask;
    }

    private static Ask member(Ask ask, Action action, String name, List<String> values) {
        String member = MEMBERS.getOrDefault(name, name);
        if (WORDS.contains(name)) {
            List<String> words = values.stream()
                    .flatMap(value -> Arrays.stream(value.strip().split("[,\\s]+")))
                    .filter(word -> !word.isEmpty())
                    .toList();
            return words.isEmpty() && name.equals("scopes") ? ask : ask.with(member, words);
        }
        String value = values.get(0).strip();
        // What is left empty is not said; of the tuning it is left to the engine again.
        if (value.isEmpty()) {
            return action == Action.TUNE && !name.equals("reason") ? ask.with(member, Optional.empty()) : ask;
        }
        if (name.equals("reason") && action.deletes()) {
            return ask.header("X-Turnout-Reason", value);
        }
        return ask.with(member, value(name, value));
    }

    /** What is not of its kind is sent as it is: the API says what is wrong with it. */
    private static Object value(String name, String value) {
        if (WHOLE.contains(name) && value.matches("\\d{1,9}")) {
            return Long.parseLong(value);
        }
        if (YES_OR_NO.contains(name)) {
            return value.equals("true");
        }
        if (SPANS.contains(name)) {
            return Durations.parse(value.replace(" ", ""))
                    .map(Duration::toString)
                    .orElse(value);
        }
        return switch (name) {
            case "holdback" -> percent(value);
            case "windows" ->
                value.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
            case "labels" -> labels(value);
            default -> value;
        };
    }

    private static String percent(String value) {
        String number = value.strip();
        return number.endsWith("%") ? number : number + "%";
    }

    /** A label a line, {@code severity = critical|page}. */
    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new LinkedHashMap<>();
        text.lines().filter(line -> !line.isBlank()).forEach(line -> {
            String[] parts = line.split("=", 2);
            labels.put(parts[0].strip(), parts.length > 1 ? parts[1].strip() : "");
        });
        return labels;
    }

    /** Rows whose percentage is left empty are none. */
    private static List<Map<String, Object>> steps(MultiMap form) {
        List<String> to = form.getAll("stepTo");
        List<String> soak = form.getAll("stepSoak");
        List<String> approve = form.getAll("stepApprove");
        List<Map<String, Object>> steps = new ArrayList<>();
        for (int i = 0; i < to.size(); i++) {
            if (!to.get(i).isBlank()) {
                Map<String, Object> step = new LinkedHashMap<>();
                step.put("to", percent(to.get(i)));
                step.put("soak", i < soak.size() ? soak.get(i).strip() : "");
                step.put("approve", i < approve.size() && approve.get(i).equals("true"));
                steps.add(step);
            }
        }
        return steps;
    }

    /** Empty where the form has no such field. */
    static String text(MultiMap form, String name) {
        String value = form.get(name);
        return value == null ? "" : value;
    }
}
