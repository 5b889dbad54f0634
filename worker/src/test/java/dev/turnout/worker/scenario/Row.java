package dev.turnout.worker.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A row as one text that does not depend on the database it is in: to be compared, and to be read by people. */
final class Row {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final Map<String, String> values = new LinkedHashMap<>();

    /** What the values of a column are, whatever the databases call their types. */
    enum Kind {
        TEXT,
        NUMBER,
        BOOLEAN,
        TIME,
        JSON;

        /** The text that all equal values share. */
        String of(String text) {
            return switch (this) {
                case TEXT -> text;
                case NUMBER -> {
                    BigDecimal number = new BigDecimal(text);
                    yield number.signum() == 0
                            ? "0"
                            : number.stripTrailingZeros().toPlainString();
                }
                case BOOLEAN -> text.equals("1") || text.startsWith("t") ? "yes" : "no";
                case TIME -> text.replaceFirst("\\.0+$", "").replaceFirst("\\+00$", "");
                case JSON -> canonical(text);
            };
        }
    }

    /** An absent value is NULL. */
    Row with(String column, Kind kind, Optional<String> value) {
        values.put(column, value.map(kind::of).orElse("NULL"));
        return this;
    }

    Row with(String column, Kind kind, @Nullable String value) {
        return with(column, kind, Optional.ofNullable(value));
    }

    String get(String column) {
        return values.getOrDefault(column, "NULL");
    }

    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String canonical(String text) {
        try {
            return canonical(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    /** Fields by name, numbers by value. */
    private static String canonical(JsonNode node) throws JsonProcessingException {
        if (node.isObject()) {
            Map<String, String> fields = new TreeMap<>();
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                fields.put(field.getKey(), canonical(field.getValue()));
            }
            return fields.toString();
        }
        if (node.isArray()) {
            StringBuilder text = new StringBuilder("[");
            for (JsonNode element : node) {
                text.append(canonical(element)).append(';');
            }
            return text.append(']').toString();
        }
        return node.isNumber() ? Kind.NUMBER.of(node.asText()) : JSON.writeValueAsString(node);
    }
}
