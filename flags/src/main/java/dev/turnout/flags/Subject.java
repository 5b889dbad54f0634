package dev.turnout.flags;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Who is asked about.
 *
 * @param key the targeting key; empty: none was given
 * @param attributes what else is known; entries with a null value are dropped
 */
public record Subject(String key, Map<String, Object> attributes) {
    public static final Subject ANONYMOUS = new Subject("", Map.of());

    public Subject {
        Map<String, Object> copy = new LinkedHashMap<>();
        attributes.forEach((name, value) -> {
            if (value != null) {
                copy.put(name, value);
            }
        });
        attributes = Map.copyOf(copy);
    }

    public static Subject of(String key) {
        return new Subject(key, Map.of());
    }

    /**
     * The text that decides the bucket; empty when there is none.
     *
     * @throws IllegalArgumentException when the attribute is neither text, number nor boolean
     */
    public Optional<String> bucketingKey(Optional<String> bucketBy) {
        if (bucketBy.isEmpty()) {
            return key.isEmpty() ? Optional.empty() : Optional.of(key);
        }
        Object value = attributes.get(bucketBy.get());
        if (value == null) {
            return Optional.empty();
        }
        Optional<String> text = text(value);
        if (text.isEmpty()) {
            throw new IllegalArgumentException(
                    "the attribute '" + bucketBy.get() + "' is neither text, number nor boolean");
        }
        return text.filter(it -> !it.isEmpty());
    }

    /** The plain form of a text, number or boolean, the same however a client's JSON writer wrote it; else empty. */
    public static Optional<String> text(Object value) {
        if (value instanceof String text) {
            return Optional.of(text);
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Boolean) {
            return Optional.of(value.toString());
        }
        if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
            // 7, 7.0 and 7.00 are one tenant.
            return Optional.of(
                    new BigDecimal(number.toString()).stripTrailingZeros().toPlainString());
        }
        return Optional.empty();
    }
}
