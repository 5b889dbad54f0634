package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The statements by which the rows of a {@link TargetTable} are read and written. Pure.
 *
 * @param columns that the route gives; their values are parameters in this order
 * @param types of those columns
 * @param as which of the columns tell a row, by their places; the values of one row in this order
 */
record TargetSql(Route route, List<String> columns, List<ColumnType> types, List<Integer> as) {
    /** The columns that do not tell the row. */
    List<Integer> carried() {
        return IntStream.range(0, columns.size())
                .filter(column -> !as.contains(column))
                .boxed()
                .toList();
    }

    /** PostgreSQL: rows as they are unless they are there; one parameter a column, an array of texts. */
    String insertMissing() {
        return insertAll() + " NOTHING";
    }

    /** As {@link #insertMissing}; rows that are there become as given. */
    String upsert() {
        return carried().isEmpty()
                ? insertMissing()
                : insertAll() + " UPDATE SET "
                        + carried().stream()
                                .map(column -> quote(columns.get(column)) + " = excluded." + quote(columns.get(column)))
                                .collect(joining(", "));
    }

    private String insertAll() {
        String names = IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(joining(", "));
        String values = IntStream.range(0, columns.size())
                .mapToObj(i -> types.get(i).store("v.c" + i))
                .collect(joining(", "));
        return "INSERT INTO " + Route.quoted(route.into()) + " (" + quoteAll(columns)
                + ") OVERRIDING SYSTEM VALUE SELECT " + values + " FROM unnest("
                + String.join(", ", Collections.nCopies(columns.size(), "?::text[]")) + ") AS v (" + names
                + ") ON CONFLICT (" + quoteAll(route.as().keySet()) + ") DO";
    }

    /** MySQL: one row that is not there. */
    String insertOne() {
        return "INSERT INTO " + Route.quoted(route.into()) + " (" + quoteAll(columns) + ") VALUES ("
                + types.stream().map(type -> type.store("?")).collect(joining(", ")) + ")";
    }

    /** One row: what is carried, then what tells it. */
    String updateOne() {
        return "UPDATE " + Route.quoted(route.into()) + " SET "
                + carried().stream()
                        .map(column -> quote(columns.get(column)) + " = "
                                + types.get(column).store("?"))
                        .collect(joining(", "))
                + " WHERE " + told();
    }

    /** One row by what tells it. */
    String deleteOne() {
        return "DELETE FROM " + Route.quoted(route.into()) + " WHERE " + told();
    }

    private String told() {
        return as.stream()
                .map(column ->
                        quote(columns.get(column)) + " = " + types.get(column).parse("?"))
                .collect(joining(" AND "));
    }

    /** All columns, as text, of so many rows by what tells them. */
    String select(int rows) {
        return "SELECT "
                + IntStream.range(0, columns.size())
                        .mapToObj(i -> types.get(i).read("t." + quote(columns.get(i))))
                        .collect(joining(", "))
                + among(rows);
    }

    /** So many rows by what tells them, against every other writer. */
    String lock(int rows) {
        return "SELECT 1" + among(rows) + " FOR UPDATE";
    }

    private String among(int rows) {
        String one =
                "(" + as.stream().map(column -> types.get(column).parse("?")).collect(joining(", ")) + ")";
        return " FROM " + Route.quoted(route.into()) + " AS t WHERE ("
                + as.stream().map(column -> "t." + quote(columns.get(column))).collect(joining(", ")) + ") IN ("
                + String.join(", ", Collections.nCopies(rows, one)) + ")";
    }
}
