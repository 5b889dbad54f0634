package dev.turnout.flags;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The answers of a flag, and which of them stand for the two sides. Checked by the {@link Flag} that holds it.
 *
 * @param values by name, all of one kind, deeply copied; null values become problems of the flag
 * @param oldVariant name of the answer for units on the old side
 * @param newVariant name of the answer for units on the new side
 */
public record Variants(Map<String, Object> values, String oldVariant, String newVariant) {
    /** Units on the new side get {@code true}. */
    public static final Variants ON_OFF = new Variants(new TreeMap<>(Map.of("off", false, "on", true)), "off", "on");

    public Variants {
        Map<String, Object> copy = new LinkedHashMap<>();
        boolean fractions = values.values().stream().anyMatch(Variants::fraction);
        values.forEach((name, value) -> copy.put(
                name, fractions && value instanceof Number number ? frozen(number.doubleValue()) : frozen(value)));
        values = Collections.unmodifiableMap(copy);
    }

    Variant oldSide() {
        return variant(oldVariant);
    }

    Variant newSide() {
        return variant(newVariant);
    }

    Variant variant(String name) {
        return new Variant(name, Objects.requireNonNull(values.get(name), name));
    }

    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (oldVariant.equals(newVariant)) {
            problems.add("the old and the new variant are both '" + oldVariant + "': name two different ones");
        }
        for (String name : Set.of(oldVariant, newVariant)) {
            if (!values.containsKey(name)) {
                problems.add("variant '" + name + "' has no value: the variants are " + values.keySet());
            }
        }
        values.forEach((name, value) -> {
            if (name.isBlank()) {
                problems.add("a variant has a blank name");
            }
            if (value instanceof Unfit unfit) {
                problems.add("variant '" + name + "': " + unfit.because());
            }
        });
        Set<String> kinds = values.values().stream().map(Variants::kind).collect(Collectors.toSet());
        if (kinds.size() > 1 && !kinds.contains(kind(new Unfit("")))) {
            problems.add("the variants are of one kind, not of several: " + kinds);
        }
        return problems;
    }

    private static String kind(Object value) {
        if (value instanceof Map) {
            return "object";
        }
        if (value instanceof List) {
            return "list";
        }
        return value instanceof Number ? "number" : value.getClass().getSimpleName();
    }

    /** A caller that asks for a fractional number must not get a whole one from the other variant. */
    private static boolean fraction(Object value) {
        return value instanceof Double
                || value instanceof Float
                || (value instanceof BigDecimal decimal && decimal.scale() > 0);
    }

    /** What no JSON can carry is kept as {@link Unfit}, so that all problems can be told together. */
    private static Object frozen(Object value) {
        if (value instanceof String || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Number number) {
            return Double.isFinite(number.doubleValue()) ? number : new Unfit(number + " is no JSON number");
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>(list.size());
            for (Object element : list) {
                Object inner = frozen(element);
                if (inner instanceof Unfit) {
                    return inner;
                }
                copy.add(inner);
            }
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Object inner = frozen(entry.getValue());
                if (inner instanceof Unfit) {
                    return inner;
                }
                copy.put(String.valueOf(entry.getKey()), inner);
            }
            return Collections.unmodifiableMap(copy);
        }
        return new Unfit(value + " is neither boolean, text, number, list nor object");
    }

    private record Unfit(String because) {}
}
