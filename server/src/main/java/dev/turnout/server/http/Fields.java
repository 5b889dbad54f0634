package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.flags.Subject;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Units;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The members of a JSON object of a request, read with every problem collected. Used by one thread. */
final class Fields {
    private final JsonNode object;
    private final String path;
    private final List<String> problems;

    private Fields(JsonNode object, String path, List<String> problems) {
        this.object = object;
        this.path = path;
        this.problems = problems;
    }

    /** @throws Refusal 400 when it is no object */
    static Fields of(JsonNode node, String what) {
        if (!node.isObject()) {
            throw Refusal.malformed(what + " must be a JSON object");
        }
        return new Fields(node, "", new ArrayList<>());
    }

    /** A nested one whose problems are named by their path. */
    Fields object(String name) {
        JsonNode node = object.path(name);
        if (!node.isObject()) {
            problem(name, "must be an object");
        }
        return new Fields(node, path + name + ".", problems);
    }

    /** Each element of a list; none when it is left out. */
    List<Fields> objects(String name) {
        JsonNode node = object.path(name);
        if (!node.isMissingNode() && !node.isNull() && !node.isArray()) {
            problem(name, "must be a list of objects");
        }
        List<Fields> objects = new ArrayList<>();
        for (JsonNode element : node.isArray() ? node : List.<JsonNode>of()) {
            String where = name + "[" + objects.size() + "]";
            if (!element.isObject()) {
                problem(where, "must be an object");
            }
            objects.add(new Fields(element, path + where + ".", problems));
        }
        return objects;
    }

    boolean isList(String name) {
        return object.path(name).isArray();
    }

    /** The plain form of a text, number or boolean. */
    String scalar(String name) {
        return scalar(object.path(name), name);
    }

    /** The plain forms of a list's elements, or of one that stands alone. */
    List<String> list(String name) {
        JsonNode node = object.path(name);
        if (!node.isArray()) {
            return List.of(scalar(name));
        }
        List<String> list = new ArrayList<>();
        node.forEach(element -> list.add(scalar(element, name + "[" + list.size() + "]")));
        return list;
    }

    private String scalar(JsonNode node, String name) {
        Optional<String> text = node.isValueNode() ? Subject.text(Wire.plain(node)) : Optional.empty();
        if (text.isEmpty() || node.isNull()) {
            problem(name, "must be a text, number or boolean");
        }
        return text.orElse("");
    }

    /** A percentage; none when it is left out. */
    Weight weight(String name) {
        try {
            return optionalText(name).map(Weight::parse).orElse(Weight.NONE);
        } catch (IllegalArgumentException e) {
            problem(name + ":", String.valueOf(e.getMessage()));
            return Weight.NONE;
        }
    }

    void only(Set<String> known) {
        object.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                problem(name, "is not known here; known: " + String.join(", ", known));
            }
        });
    }

    Set<String> names() {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    JsonNode node(String name) {
        return object.path(name);
    }

    boolean has(String name) {
        return object.hasNonNull(name);
    }

    String text(String name) {
        JsonNode node = object.path(name);
        if (!node.isTextual() || node.textValue().isBlank()) {
            problem(name, "must be a text");
            return "";
        }
        return node.textValue();
    }

    Optional<String> optionalText(String name) {
        return has(name) ? Optional.of(text(name)).filter(text -> !text.isEmpty()) : Optional.empty();
    }

    long whole(String name, long min) {
        JsonNode node = object.path(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < min) {
            problem(name, "must be a whole number, at least " + min);
            return min;
        }
        return node.longValue();
    }

    long whole(String name, long min, long absent) {
        return has(name) ? whole(name, min) : absent;
    }

    boolean flag(String name) {
        JsonNode node = object.path(name);
        if (!node.isMissingNode() && !node.isBoolean()) {
            problem(name, "must be true or false");
        }
        return node.asBoolean(false);
    }

    Map<String, String> texts(String name) {
        Map<String, String> texts = new TreeMap<>();
        JsonNode node = object.path(name);
        if (!node.isObject()) {
            problem(name, "must be an object of texts");
        }
        node.properties().forEach(entry -> {
            if (entry.getValue().isTextual()) {
                texts.put(entry.getKey(), entry.getValue().textValue());
            } else {
                problem(name + "." + entry.getKey(), "must be a text");
            }
        });
        return texts;
    }

    /** One word of an enum, as it is spelled. */
    <E extends Enum<E>> Optional<E> word(String name, Class<E> type) {
        String text = object.path(name).asText();
        List<E> words = List.of(Objects.requireNonNull(type.getEnumConstants()));
        Optional<E> word =
                words.stream().filter(each -> each.name().equals(text)).findFirst();
        if (word.isEmpty()) {
            problem(name, "must be " + words.stream().map(Enum::name).collect(Collectors.joining(" or ")));
        }
        return word;
    }

    /**
     * A member per column: what the database takes as text, an object or array as JSON; null is none.
     *
     * @param nulls whether null is allowed
     */
    Map<String, Optional<String>> cells(String name, boolean nulls) {
        Map<String, Optional<String>> cells = new TreeMap<>();
        JsonNode node = object.path(name);
        if (!node.isObject()) {
            problem(name, "must be an object of columns");
        }
        node.properties().forEach(member -> {
            JsonNode value = member.getValue();
            String text = value.isContainerNode() ? value.toString() : value.asText();
            if (value.isNull() && !nulls) {
                problem(name + "." + member.getKey(), "must not be null");
            } else if (!storable(text) || !storable(member.getKey())) {
                problem(name + "." + member.getKey(), "must be Unicode text without NUL");
            } else {
                cells.put(member.getKey(), value.isNull() ? Optional.empty() : Optional.of(text));
            }
        });
        return cells;
    }

    /** No database keeps NUL or half a surrogate pair as text. */
    static boolean storable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** Buckets; none when it is left out. */
    Units units(String name) {
        JsonNode node = object.path(name);
        List<Integer> buckets = new ArrayList<>();
        for (JsonNode bucket : node) {
            if (bucket.isInt()) {
                buckets.add(bucket.intValue());
            }
        }
        try {
            if ((node.isMissingNode() || node.isArray()) && buckets.size() == node.size()) {
                return Units.of(buckets);
            }
        } catch (IllegalArgumentException e) {
            // The message below says what is expected.
        }
        problem(name, "must be a list of buckets from 0 to 99999");
        return Units.NONE;
    }

    void problem(String name, String what) {
        problems.add(path + name + " " + what);
    }

    /** @throws Refusal 422 with every problem found so far */
    void check() {
        if (!problems.isEmpty()) {
            throw Refusal.invalid(problems);
        }
    }
}
