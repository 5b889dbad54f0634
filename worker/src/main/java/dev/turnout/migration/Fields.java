package dev.turnout.migration;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The named values of one mapping, some of them absent. */
final class Fields {
    private final Part owner;
    private final Map<String, Part> entries;

    Fields(Part owner, Map<String, Part> entries) {
        this.owner = owner;
        this.entries = entries;
    }

    Part owner() {
        return owner;
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    Optional<Part> at(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    <T> T at(String key, Function<Part, T> read, T otherwise) {
        Part part = entries.get(key);
        return part == null ? otherwise : read.apply(part);
    }

    /** Reports its absence. */
    Optional<Part> need(String key, String example) {
        if (!has(key)) {
            owner.wrong(owner.name() + " lacks '" + key + "'", "add " + key + ": " + example);
        }
        return at(key);
    }

    String needText(String key, String example) {
        return need(key, example).map(Part::text).orElse("");
    }

    List<Part> list(String key) {
        return at(key, Part::list, List.of());
    }

    Map<String, Part> mapping(String key) {
        return at(key, Part::entries, Map.of());
    }
}
