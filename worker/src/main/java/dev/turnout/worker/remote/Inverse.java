package dev.turnout.worker.remote;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static java.util.stream.Collectors.joining;

import dev.turnout.worker.backfill.KeySql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code down} gives for rows of the new side. It is evaluated on the old server, in its own words: that is where the
 * tables stand that it may read, and so one spec leads back from whichever product the new side is. Immutable.
 */
final class Inverse {
    private final Route route;
    private final List<String> columns;
    private final List<Pairing> crossing;
    private final List<ColumnType> types;

    private Inverse(Route route, List<String> columns, List<Pairing> crossing, List<ColumnType> types) {
        this.route = route;
        this.columns = columns;
        this.crossing = crossing;
        this.types = types;
    }

    /**
     * @param source of the way back, on the new server
     * @param old a connection to the old server
     */
    static Inverse of(SourceTable source, Connection old, Route route) throws SQLException {
        Route forward = route.reverses().orElseThrow();
        Map<String, ColumnType> oldColumns = ColumnType.of(old, route.into());
        SourceTable mapping = SourceTable.of(old, forward);
        List<String> given = List.copyOf(forward.up().keySet());
        List<String> columns = List.copyOf(route.read().up().keySet());
        List<Pairing> crossing = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            ColumnType found = source.up().get(i);
            int at = given.indexOf(columns.get(i));
            ColumnType seen;
            if (at >= 0) {
                seen = forward.plain(columns.get(i))
                        .flatMap(plain -> Optional.ofNullable(oldColumns.get(plain)))
                        .orElse(mapping.up().get(at));
            } else if (found.dialect().mysql() == mapping.dialect().mysql()) {
                seen = found;
            } else {
                throw new SQLException(
                        "down reads new." + columns.get(i)
                                + ", which up does not give: its type is not known on the old side",
                        "42703");
            }
            crossing.add(new Pairing(found, seen));
        }
        String empty = "SELECT "
                + route.up().values().stream().map(KeySql::verbatim).collect(joining("), (", "(", ")"))
                + " FROM (SELECT "
                + String.join(", ", named(columns, crossing, "NULL")) + ") AS " + quote(route.alias()) + " WHERE 1 = 0";
        List<ColumnType> types = new ArrayList<>(ColumnType.ofQuery(old, empty));
        int i = 0;
        for (Map.Entry<String, String> down : route.up().entrySet()) {
            types.set(i, exact(types.get(i), down, columns, crossing, oldColumns));
            i++;
        }
        return new Inverse(route, columns, crossing, List.copyOf(types));
    }

    private static ColumnType exact(
            ColumnType type,
            Map.Entry<String, String> down,
            List<String> columns,
            List<Pairing> crossing,
            Map<String, ColumnType> oldColumns) {
        int plain = columns.indexOf(Route.plainColumn(down.getValue(), "new").orElse(""));
        if (plain >= 0) {
            return crossing.get(plain).target();
        }
        // In the session's UTC a date and time of MySQL is the moment that a timestamp holds.
        return type.dialect().mysql() && type.form() == Form.TIMESTAMP
                ? Optional.ofNullable(oldColumns.get(down.getKey()))
                        .filter(column -> column.form() == Form.INSTANT)
                        .orElse(type)
                : type;
    }

    private static List<String> named(List<String> columns, List<Pairing> crossing, String value) {
        List<String> named = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            named.add(crossing.get(i).target().parse(value) + " AS " + quote(columns.get(i)));
        }
        return named;
    }

    /** Of what down gives, in the order of the route. */
    List<ColumnType> types() {
        return types;
    }

    /** From the columns of the new side to what down reads; for the preflight. */
    Map<String, Pairing> crossing() {
        Map<String, Pairing> all = new LinkedHashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            all.put(columns.get(i), crossing.get(i));
        }
        return all;
    }

    /** The rows with what down gives in place of what was read; those that have no counterpart are bad. */
    List<SourceTable.Row> evaluate(Connection old, List<SourceTable.Row> rows, List<Ferry.Bad> bad)
            throws SQLException {
        List<SourceTable.Row> good = new ArrayList<>();
        List<List<@Nullable String>> bound = new ArrayList<>();
        for (SourceTable.Row row : rows) {
            try {
                bound.add(crossed(row));
                good.add(row);
            } catch (BadValue e) {
                bad.add(new Ferry.Bad(row.key(), "22000", String.valueOf(e.getMessage())));
            }
        }
        if (good.isEmpty()) {
            return List.of();
        }
        List<String> values = new ArrayList<>();
        int i = 0;
        for (String down : route.up().values()) {
            values.add(types.get(i++).read("(" + KeySql.verbatim(down) + ")"));
        }
        String one = "SELECT %d AS turnout_n, "
                + String.join(", ", named(columns, crossing, "?")).replace("%", "%%");
        List<String> each = new ArrayList<>();
        for (int n = 0; n < good.size(); n++) {
            each.add(one.formatted(n));
        }
        String sql = "SELECT turnout_n, " + String.join(", ", values) + " FROM (" + String.join(" UNION ALL ", each)
                + ") AS " + quote(route.alias()) + " ORDER BY turnout_n";
        try (PreparedStatement select = old.prepareStatement(sql)) {
            int index = 1;
            for (List<@Nullable String> row : bound) {
                for (String value : row) {
                    select.setString(index++, value);
                }
            }
            return read(select, good);
        }
    }

    private List<SourceTable.Row> read(PreparedStatement select, List<SourceTable.Row> rows) throws SQLException {
        List<SourceTable.Row> all = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                List<@Nullable String> values = new ArrayList<>();
                for (int i = 0; i < types.size(); i++) {
                    values.add(row.getString(i + 2));
                }
                all.add(new SourceTable.Row(rows.get(row.getInt(1)).key(), Collections.unmodifiableList(values)));
            }
        }
        return all;
    }

    private List<@Nullable String> crossed(SourceTable.Row row) throws BadValue {
        List<@Nullable String> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            String value = row.values().get(i);
            try {
                values.add(value == null ? null : crossing.get(i).carry(value));
            } catch (BadValue e) {
                throw e.at(columns.get(i));
            }
        }
        return values;
    }
}
