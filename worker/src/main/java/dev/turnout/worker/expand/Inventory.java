package dev.turnout.worker.expand;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.worker.expand.SchemaObject.Kind;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Objects with the definitions that PostgreSQL itself gives of them. Names in a definition are qualified only where the
 * search path does not find them: so those of a scratch schema in front of it compare with those of a live one. Immutable.
 */
record Inventory(Map<SchemaObject, String> definitions) {
    private static final String INVALID = "invalid ";

    /** Columns read: kind, of, name, definition. The two conditions are over {@code c} (pg_class) and {@code y} (pg_type). */
    private static final String OBJECTS = """
            WITH tables AS (SELECT c.oid, c.relname, c.relkind, c.relpersistence FROM pg_class c WHERE %1$s)
            SELECT 'TABLE', '', relname, CASE WHEN relpersistence = 'u' THEN 'unlogged ' ELSE '' END
                   || CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
                      WHEN 'i' THEN 'index' ELSE 'relation of another kind' END, 1, 0
            FROM tables WHERE relkind NOT IN ('i', 'I', 'S') OR %3$s
            UNION ALL
            SELECT 'COLUMN', relname, attname, format_type(a.atttypid, a.atttypmod)
                   || CASE WHEN a.attcollation <> y.typcollation THEN
                        ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END
                   || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
                   || CASE WHEN a.attgenerated <> '' THEN ' GENERATED AS ' || pg_get_expr(d.adbin, d.adrelid)
                           ELSE coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') END
                   || CASE a.attidentity WHEN '' THEN '' WHEN 'a' THEN ' IDENTITY ALWAYS' ELSE ' IDENTITY' END,
                   2, a.attnum
            FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
            JOIN pg_type y ON y.oid = a.atttypid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE t.relkind IN ('r', 'p')
            UNION ALL
            SELECT 'CONSTRAINT', relname, conname, regexp_replace(pg_get_constraintdef(k.oid, true), ' NOT VALID$', ''), 3, 0
            FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype NOT IN ('n', 't')
            UNION ALL
            SELECT 'VALIDITY', relname, conname, 'validated', 4, 0
            FROM tables t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype IN ('f', 'c') AND k.convalidated
            UNION ALL
            SELECT 'INDEX', '', c.relname, CASE WHEN i.indisvalid THEN '' ELSE 'invalid ' END
                   || pg_get_indexdef(i.indexrelid, 0, true), 5, 0
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE %1$s AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')
            UNION ALL
            SELECT 'TYPE', '', y.typname, 'enum', 6, 0 FROM pg_type y WHERE y.typtype = 'e' AND %2$s
            UNION ALL
            SELECT 'VALUE', y.typname, e.enumlabel, 'value', 7, row_number() OVER (ORDER BY y.oid, e.enumsortorder)
            FROM pg_type y JOIN pg_enum e ON e.enumtypid = y.oid WHERE %2$s
            ORDER BY 5, 6, 2, 3""";

    Inventory {
        definitions = Collections.unmodifiableMap(new LinkedHashMap<>(definitions));
    }

    /** Everything in the schema. */
    static Inventory ofSchema(Connection connection, String schema) throws SQLException {
        String name = quote(schema);
        return read(Sql.rows(
                connection,
                OBJECTS.formatted("c.relnamespace = ?::regnamespace", "y.typnamespace = ?::regnamespace", "false"),
                name,
                name,
                name,
                name));
    }

    /** What the search path finds under these names, whatever kind of relation it is. */
    static Inventory ofNames(Connection connection, Collection<String> names) throws SQLException {
        Array array = connection.createArrayOf("text", names.toArray());
        return read(Sql.rows(
                connection,
                OBJECTS.formatted(
                        "c.relname = ANY (?) AND pg_table_is_visible(c.oid)",
                        "y.typname = ANY (?) AND pg_type_is_visible(y.oid)",
                        "true"),
                array,
                array,
                array,
                array));
    }

    private static Inventory read(List<List<String>> rows) {
        Map<SchemaObject, String> definitions = new LinkedHashMap<>();
        rows.forEach(
                row -> definitions.put(new SchemaObject(Kind.valueOf(row.get(0)), row.get(1), row.get(2)), row.get(3)));
        return new Inventory(definitions);
    }

    /** Without those of another one. */
    Inventory without(Inventory other) {
        Map<SchemaObject, String> left = new LinkedHashMap<>(definitions);
        left.keySet().removeAll(other.definitions.keySet());
        return new Inventory(left);
    }

    Optional<String> of(SchemaObject object) {
        return Optional.ofNullable(definitions.get(object));
    }

    /** The index is there as wanted, but what built it came to a bad end: nobody can use it. */
    boolean invalid(SchemaObject object, String wanted) {
        return of(object).filter(found -> found.equals(INVALID + wanted)).isPresent();
    }

    /** In their order. */
    List<String> values(String type) {
        return definitions.keySet().stream()
                .filter(object -> object.kind() == Kind.VALUE && object.of().equals(type))
                .map(SchemaObject::name)
                .toList();
    }
}
