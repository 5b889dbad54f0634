package dev.turnout.worker.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys as the bookkeeping has them: an array of texts in the changelog, an object among the rejected rows. Pure functions. */
final class Keys {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TypeReference<List<@Nullable String>> TEXTS = new TypeReference<>() {};
    private static final TypeReference<Map<String, String>> FIELDS = new TypeReference<>() {};

    private Keys() {}

    /** An element is null where a column of another table holds NULL; in a key none is. */
    static List<@Nullable String> parse(String json) {
        try {
            return JSON.readValue(json, TEXTS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the changelog holds something else than an array of texts: " + json, e);
        }
    }

    static String array(List<@Nullable String> texts) {
        return write(texts);
    }

    static String object(List<String> columns, List<@Nullable String> values) {
        Map<String, @Nullable String> fields = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            fields.put(columns.get(i), values.get(i));
        }
        return write(fields);
    }

    /** The key of a rejected row. */
    static List<String> ofObject(List<String> columns, String json) {
        try {
            Map<String, String> fields = JSON.readValue(json, FIELDS);
            List<String> key = new ArrayList<>();
            columns.forEach(column -> key.add(String.valueOf(fields.get(column))));
            return key;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("turnout.rejected holds something else than a key: " + json, e);
        }
    }

    private static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written as JSON", e);
        }
    }
}
