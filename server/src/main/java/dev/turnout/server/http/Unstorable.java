package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Finds the texts of a JSON value that no database keeps. */
final class Unstorable {
    private static final int MOST = 100;

    private final List<String> problems = new ArrayList<>();

    private Unstorable() {}

    /** A problem each, naming its place. The depth is bounded by {@link Wire}. */
    static List<String> in(JsonNode node) {
        Unstorable found = new Unstorable();
        found.look(node, "");
        return found.problems;
    }

    private void look(JsonNode node, String path) {
        if (node.isTextual()) {
            check(node.textValue(), path.isEmpty() ? "the body" : path);
        } else if (node.isObject()) {
            node.properties().forEach(member -> {
                check(member.getKey(), path.isEmpty() ? "a name" : path + ": a name");
                look(member.getValue(), path.isEmpty() ? member.getKey() : path + "." + member.getKey());
            });
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                // A report of outcomes has lists of many thousand numbers.
                if (!node.get(i).isNumber()) {
                    look(node.get(i), path + "[" + i + "]");
                }
            }
        }
    }

    private void check(String text, String path) {
        if (problems.size() < MOST && !Fields.storable(text)) {
            problems.add(path + " must be Unicode text without NUL");
        }
    }
}
