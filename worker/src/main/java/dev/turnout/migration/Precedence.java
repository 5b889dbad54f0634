package dev.turnout.migration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which move must be filled before which other one: the one whose new table or new columns the other's {@code up} reads.
 * Pure.
 */
final class Precedence {
    private final Map<String, Set<String>> before = new LinkedHashMap<>();

    /** A move that others may wait for: its name, and how to tell that an expression reads what it makes. */
    private record Made(String move, Predicate<Set<String>> readBy) {}

    Precedence(List<Move> moves, List<Transfer> transfers) {
        List<Made> made = new ArrayList<>();
        moves.forEach(move -> made.add(new Made(
                move.table(),
                names -> names.contains(move.table())
                        && move.up().keySet().stream().anyMatch(names::contains))));
        transfers.forEach(transfer -> made.add(new Made(
                transfer.name(), names -> names.contains(transfer.into().table()))));
        moves.forEach(move -> before.put(move.table(), waitsFor(move.table(), names(move.up()), made)));
        transfers.forEach(
                transfer -> before.put(transfer.name(), waitsFor(transfer.name(), names(transfer.up()), made)));
    }

    private static Set<String> names(Map<String, String> up) {
        return up.values().stream()
                .flatMap(expression -> SqlTokens.of(expression).stream())
                .filter(SqlTokens.Token::isName)
                .map(SqlTokens.Token::text)
                .collect(Collectors.toSet());
    }

    private static Set<String> waitsFor(String self, Set<String> names, List<Made> made) {
        return made.stream()
                .filter(other -> !other.move().equals(self) && other.readBy().test(names))
                .map(Made::move)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** By move: those that must be filled before it, directly. */
    Map<String, Set<String>> before() {
        return before;
    }

    /** Moves that wait for each other in a circle; empty: there is an order. */
    Set<String> circle() {
        Set<String> left = new LinkedHashSet<>(before.keySet());
        boolean taken = true;
        while (taken) {
            // Each round takes out those whose predecessors are all out.
            taken = left.removeIf(
                    move -> Objects.requireNonNull(before.get(move)).stream().noneMatch(left::contains));
        }
        return left;
    }
}
