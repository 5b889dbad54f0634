package dev.turnout.server.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A document of the API, as pages read it: what is absent reads as empty.
 *
 * @param tag to be sent back with a change that is decided on it; empty: none
 */
record Doc(JsonNode node, String tag) {
    static final Doc NOTHING = new Doc(MissingNode.getInstance());
    /** Before or after the point: of more, nobody reads each. */
    private static final int DIGITS = 20;

    Doc(JsonNode node) {
        this(node, "");
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    Doc at(String name) {
        return new Doc(node.path(name));
    }

    /** Itself, as a text; of an object or a list its JSON, of a number its digits: 100, not 1E+2. */
    String text() {
        if (node.isBigDecimal() && Math.abs(node.decimalValue().scale()) <= DIGITS) {
            return node.decimalValue().toPlainString();
        }
        return node.isContainerNode() ? node.toString() : node.asText("");
    }

    /** Itself as JSON, for people. */
    String pretty() {
        return node.toPrettyString();
    }

    String text(String name) {
        return at(name).text();
    }

    long number(String name) {
        return node.path(name).asLong();
    }

    double decimal(String name) {
        return node.path(name).asDouble();
    }

    boolean is(String name) {
        return node.path(name).asBoolean();
    }

    boolean isObject() {
        return node.isObject();
    }

    boolean isList() {
        return node.isArray();
    }

    boolean isEmpty() {
        return node.isEmpty() && node.asText("").isEmpty();
    }

    List<Doc> list(String name) {
        return at(name).list();
    }

    List<Doc> list() {
        List<Doc> all = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(each -> all.add(new Doc(each)));
        }
        return all;
    }

    /** In the document's order. */
    Map<String, Doc> members() {
        Map<String, Doc> members = new LinkedHashMap<>();
        node.properties().forEach(member -> members.put(member.getKey(), new Doc(member.getValue())));
        return members;
    }

    Optional<Instant> instant(String name) {
        try {
            return Optional.of(text(name)).filter(text -> !text.isEmpty()).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    Optional<Duration> duration(String name) {
        try {
            return Optional.of(text(name)).filter(text -> !text.isEmpty()).map(Duration::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
