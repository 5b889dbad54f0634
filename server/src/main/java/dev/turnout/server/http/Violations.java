package dev.turnout.server.http;

import io.vertx.json.schema.OutputUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a schema says against a value, in the words of {@link Fields}: each problem names its field. */
final class Violations {
    /** Enough to mend by, and a bound on the answer. */
    private static final int MOST = 100;
    /** They fail because something below them does, which is told by itself. */
    private static final Set<String> SUMMARIES = Set.of("properties", "items", "$ref");

    private static final Map<String, String> KINDS = Map.of(
            "string", "a text",
            "integer", "a whole number",
            "number", "a number",
            "boolean", "true or false",
            "object", "an object",
            "array", "a list",
            "null", "null");

    private Violations() {}

    /** @param root what to call the value as a whole */
    static List<String> of(OutputUnit output, String root) {
        List<OutputUnit> errors = output.getErrors();
        Set<String> told = errors.stream()
                .filter(each -> !isAdditional(each))
                .map(OutputUnit::getInstanceLocation)
                .collect(Collectors.toSet());
        Set<String> problems = new LinkedHashSet<>();
        for (OutputUnit each : errors) {
            // A known member that is wrong is reported as an additional one as well.
            boolean wrongOtherwise = isAdditional(each) && told.contains(each.getInstanceLocation());
            if (!SUMMARIES.contains(keyword(each)) && !wrongOtherwise && problems.size() < MOST) {
                problems.add(problem(each, root));
            }
        }
        return new ArrayList<>(problems);
    }

    /** Whether the value as a whole is of the wrong kind. */
    static boolean wrongKind(OutputUnit output) {
        return output.getErrors().stream()
                .anyMatch(each ->
                        each.getInstanceLocation().equals("#") && keyword(each).equals("type"));
    }

    private static boolean isAdditional(OutputUnit error) {
        return keyword(error).equals("additionalProperties");
    }

    private static String keyword(OutputUnit error) {
        String location = error.getKeywordLocation();
        return location.substring(location.lastIndexOf('/') + 1);
    }

    private static String problem(OutputUnit error, String root) {
        String path = path(error.getInstanceLocation());
        String name = path.isEmpty() ? root : path;
        String text = String.valueOf(error.getError());
        return switch (keyword(error)) {
            case "type" ->
                name + " must be "
                        + Arrays.stream(text.substring(text.indexOf("Expected ") + "Expected ".length())
                                        .split(", "))
                                .map(kind -> KINDS.getOrDefault(kind, kind))
                                .collect(Collectors.joining(" or "));
            case "enum" -> name + " must be one of " + text.substring(text.indexOf('['));
            case "required" ->
                (path.isEmpty() ? "" : path + ".") + text.substring(text.indexOf('"') + 1, text.lastIndexOf('"'))
                        + " is missing";
            case "additionalProperties" -> name + " is not known here";
            case "pattern" -> name + " has characters, or a length, that it must not have";
            default -> name + ": " + text;
        };
    }

    /** {@code #/rules/0/name} is {@code rules[0].name}. */
    private static String path(String pointer) {
        StringBuilder path = new StringBuilder();
        for (String segment : pointer.split("/")) {
            if (segment.equals("#")) {
                continue;
            }
            if (segment.matches("\\d{1,9}")) {
                path.append('[').append(segment).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".")
                        .append(segment.replace("~1", "/").replace("~0", "~"));
            }
        }
        return path.toString();
    }
}
