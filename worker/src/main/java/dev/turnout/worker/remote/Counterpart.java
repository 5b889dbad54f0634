package dev.turnout.worker.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the row of a key is named on the other side of a route, and the row of a name there on this side. Immutable. */
final class Counterpart {
    private final Route route;
    private final List<ColumnType> key;
    private final TargetTable target;

    /** @param key the types of the route's key, in its order */
    Counterpart(Route route, List<ColumnType> key, TargetTable target) {
        this.route = route;
        this.key = List.copyOf(key);
        this.target = target;
    }

    /** The target's values that tell the row of a key; empty: no row of the target can be its. */
    Optional<List<@Nullable String>> told(List<String> key) {
        List<@Nullable String> told = new ArrayList<>();
        try {
            for (Map.Entry<String, Optional<String>> column : route.as().entrySet()) {
                int at = target.columns().indexOf(column.getKey());
                Pairing pairing = target.pairings().get(at);
                told.add(
                        column.getValue().isPresent()
                                ? pairing.carry(key.get(
                                        route.key().indexOf(column.getValue().get())))
                                : pairing.carry(constant(column.getKey())));
            }
        } catch (BadValue e) {
            return Optional.empty();
        }
        return Optional.of(told);
    }

    /** As {@link #told}, without the keys of which no row of the target can be. */
    List<List<@Nullable String>> toldOf(List<List<String>> keys) {
        List<List<@Nullable String>> told = new ArrayList<>();
        for (List<String> one : keys) {
            told(one).ifPresent(told::add);
        }
        return told;
    }

    private String constant(String column) {
        String literal = Objects.requireNonNull(route.up().get(column)).strip();
        return literal.startsWith("'")
                ? literal.substring(1, literal.length() - 1).replace("''", "'")
                : literal;
    }

    /** The key by which the new side names the row of a key. */
    Optional<List<String>> held(List<String> key) {
        return told(key).map(told -> {
            List<String> held = new ArrayList<>();
            int at = 0;
            for (Optional<String> column : route.as().values()) {
                String value = told.get(at++);
                if (column.isPresent()) {
                    held.add(Objects.requireNonNull(value, "a key is never NULL"));
                }
            }
            return held;
        });
    }

    /**
     * The key of the row that another key tells, by the way back.
     *
     * @param held the values of the columns that hold the key, in the order of {@link Route#as}; empty: no key could be it
     */
    Optional<List<String>> keyOf(List<String> held) {
        List<String> holders = route.as().entrySet().stream()
                .filter(column -> column.getValue().isPresent())
                .map(Map.Entry::getKey)
                .toList();
        List<String> found = new ArrayList<>();
        try {
            for (int i = 0; i < route.key().size(); i++) {
                Optional<String> column = Optional.of(route.key().get(i));
                int at = 0;
                while (!column.equals(route.as().get(holders.get(at)))) {
                    at++;
                }
                ColumnType type = target.pairings()
                        .get(target.columns().indexOf(holders.get(at)))
                        .target();
                found.add(new Pairing(type, key.get(i)).carry(held.get(at)));
            }
        } catch (BadValue e) {
            return Optional.empty();
        }
        return Optional.of(found);
    }
}
