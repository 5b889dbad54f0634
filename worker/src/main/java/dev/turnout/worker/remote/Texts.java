package dev.turnout.worker.remote;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An array of texts of PostgreSQL, in the words in which it is read and written, beside a set of MySQL. Pure functions. */
final class Texts {
    private static final Pattern SPECIAL = Pattern.compile("[\"\\\\]");

    private Texts() {}

    /** In the one form that equal arrays share, when it is a plain list; another one, which no set is like, as it is. */
    static String normal(String literal) {
        return literal.startsWith("{") && !literal.startsWith("{{") ? written(elements(literal)) : literal;
    }

    /** Of the labels of a set, which hold no comma. */
    static String ofSet(String labels) {
        return written(labels.isEmpty() ? List.of() : Arrays.asList(labels.split(",", -1)));
    }

    /**
     * The labels of a set.
     *
     * @param literal in the form of {@link #normal}
     */
    static String set(String literal) throws BadValue {
        if (!literal.startsWith("{") || literal.startsWith("{{")) {
            throw new BadValue(literal + " is no plain list, as a set is");
        }
        List<String> labels = new ArrayList<>();
        for (String label : elements(literal)) {
            if (label == null || label.isEmpty() || label.contains(",")) {
                throw new BadValue(literal + " holds NULL, an empty text or a comma, and no label of a set does");
            }
            labels.add(label);
        }
        return String.join(",", labels);
    }

    private static String written(List<@Nullable String> elements) {
        return elements.stream()
                .map(element -> element == null
                        ? "NULL"
                        : "\"%s\"".formatted(SPECIAL.matcher(element).replaceAll("\\\\$0")))
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** An element with quotes is a text, whatever it says; without them NULL is none. */
    private static List<@Nullable String> elements(String literal) {
        List<@Nullable String> elements = new ArrayList<>();
        StringBuilder element = new StringBuilder();
        boolean within = false;
        boolean quoted = false;
        for (int i = 1; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c == '\\') {
                i++;
                element.append(literal.charAt(i));
            } else if (c == '"') {
                within = !within;
                quoted = true;
            } else if (within || (c != ',' && c != '}')) {
                element.append(c);
            } else {
                if (quoted || element.length() > 0) {
                    elements.add(!quoted && element.toString().equals("NULL") ? null : element.toString());
                }
                element.setLength(0);
                quoted = false;
            }
        }
        return elements;
    }
}
