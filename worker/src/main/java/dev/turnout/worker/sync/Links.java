package dev.turnout.worker.sync;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.Move;
import dev.turnout.migration.SqlText;
import dev.turnout.worker.sync.Catalogue.Column;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which columns of a move hang on which, as its expressions mention them. Immutable. */
record Links(Move move, Catalogue table) {
    List<String> ups() {
        return List.copyOf(move.up().keySet());
    }

    List<String> downs() {
        return List.copyOf(move.down().keySet());
    }

    String up(String column) {
        return Objects.requireNonNull(move.up().get(column));
    }

    Move.Down down(String column) {
        return Objects.requireNonNull(move.down().get(column));
    }

    Column column(String name) {
        return Optional.ofNullable(table.columns().get(name))
                .orElseThrow(() -> new IllegalStateException(move.table() + " has no column " + name));
    }

    /** What the up of a new column reads, and what decides whether the row is one to be mapped. */
    Set<String> readByUp(String column) {
        Set<String> read = new LinkedHashSet<>(mentioned(up(column), "old"));
        move.scope().where().ifPresent(where -> read.addAll(mentioned(where, "old")));
        return read;
    }

    /** What the down of an old column reads, unmapped columns included. */
    Set<String> readByDown(String column) {
        Move.Down down = down(column);
        Set<String> read = new LinkedHashSet<>(mentioned(down.from(), "new"));
        down.otherwise().ifPresent(otherwise -> read.addAll(mentioned(otherwise, "new")));
        return read;
    }

    /** The new columns that the down of an old column reads. */
    Set<String> newSide(String column) {
        return only(mentioned(down(column).from(), "new"), move.up()::containsKey);
    }

    /** The new columns that the down of an old column reads and whose up reads it in turn. */
    Set<String> mirrored(String column) {
        return only(newSide(column), up -> readByUp(up).contains(column));
    }

    /**
     * An item of FROM: the trigger's NEW under an alias, of the columns needed only, so that no other change of the table
     * matters; the whole, typed row where an expression mentions that.
     */
    String row(String alias, Collection<String> columns) {
        if (expressions(alias).anyMatch(expression -> SqlText.mentionsRow(expression, alias))) {
            return "unnest(ARRAY[NEW]) AS " + alias;
        }
        String list = columns.stream()
                .map(column -> "NEW." + quote(column) + " AS " + quote(column))
                .collect(Collectors.joining(", "));
        return "(SELECT " + list + ") AS " + alias;
    }

    /** True when one of the columns changed in the statement. Never NULL. */
    String changed(Collection<String> columns) {
        return columns.isEmpty()
                ? "false"
                : columns.stream()
                        .map(column -> column(column).differs("NEW", "OLD"))
                        .collect(Collectors.joining(" OR ", "(", ")"));
    }

    /** True for a row without any new value, before and after. Never NULL. */
    String empty() {
        return Stream.of("OLD.", "NEW.")
                .flatMap(row -> ups().stream().map(column -> row + quote(column) + " IS NULL"))
                .collect(Collectors.joining(" AND ", "(", ")"));
    }

    static Set<String> union(Collection<String> names, Function<String, ? extends Collection<String>> columns) {
        return names.stream()
                .flatMap(name -> columns.apply(name).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private Stream<String> expressions(String alias) {
        return alias.equals("old")
                ? move.up().values().stream()
                : move.down().values().stream()
                        .flatMap(down -> Stream.concat(Stream.of(down.from()), down.otherwise().stream()));
    }

    private Set<String> mentioned(String expression, String alias) {
        if (!SqlText.mentionsRow(expression, alias)) {
            return SqlText.columns(expression, alias);
        }
        // The new side never feeds itself: an up is a function of the old columns.
        boolean up = alias.equals("old");
        return only(table.columns().keySet(), column -> !up || !move.up().containsKey(column));
    }

    private static Set<String> only(Set<String> columns, Predicate<String> wanted) {
        return columns.stream().filter(wanted).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
