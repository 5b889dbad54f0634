package dev.turnout.worker.sync;

import dev.turnout.worker.jdbc.Identifiers;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table as the database holds it now.
 *
 * @param searchPath the schemas in which the engine's role finds names, for functions that must find the same
 * @param columns by name, in their order
 */
public record Catalogue(List<String> searchPath, Map<String, Column> columns) {

    public Catalogue {
        searchPath = List.copyOf(searchPath);
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    /**
     * @param type without length or precision, so that a cast to it changes no value
     * @param comparable false where {@code =} is missing or is not equality: json, xml, geometry; citext, whose equality
     *     hides a change of case from an {@code up} that sees it
     */
    public record Column(String name, String type, boolean notNull, boolean comparable) {
        /** True when the value of this column differs between the rows a and b. Never NULL. */
        String differs(String a, String b) {
            String as = comparable ? "" : "::text";
            String name = Identifiers.quote(this.name);
            return a + "." + name + as + " IS DISTINCT FROM " + b + "." + name + as;
        }
    }

    public static Catalogue read(Connection connection, String table) throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (List<String> row : Sql.rows(connection, """
                SELECT a.attname, format_type(a.atttypid, -1), a.attnotnull,
                       t.typcategory <> 'G' AND t.typname NOT IN ('json', 'xml', 'citext')
                FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
                ORDER BY a.attnum""", Identifiers.quote(table))) {
            columns.put(
                    row.get(0),
                    new Column(
                            row.get(0),
                            row.get(1),
                            row.get(2).equals("t"),
                            row.get(3).equals("t")));
        }
        List<String> searchPath = Sql.rows(connection, "SELECT unnest(current_schemas(false))").stream()
                .map(row -> row.get(0))
                .toList();
        return new Catalogue(searchPath, columns);
    }
}
