package dev.turnout.worker.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A column as the catalogue holds it. Immutable.
 *
 * @param type as the catalogue spells it, with length and precision
 * @param family what kind of value it holds, as far as SQL of ours must know
 * @param declaration the type as a variable is declared with it: without length in PostgreSQL, so that a cast to it changes
 *     no value; with its character set and collation in MySQL
 * @param traits what else it is
 */
public record TableColumn(
        Dialect dialect, String name, String type, String declaration, Family family, Set<Trait> traits) {
    public TableColumn {
        traits = Set.copyOf(traits);
    }

    public enum Trait {
        NOT_NULL,
        /** From other columns: nobody writes it. */
        GENERATED,
        /** MySQL sets it to the current time whenever a row changes, unless the statement says otherwise. */
        TOUCHED
    }

    public boolean notNull() {
        return traits.contains(Trait.NOT_NULL);
    }

    public boolean generated() {
        return traits.contains(Trait.GENERATED);
    }

    public boolean touched() {
        return traits.contains(Trait.TOUCHED);
    }

    /** Kinds of values that are compared or written down in different ways. */
    public enum Family {
        /** Equal by {@code =} and exact in their text form. */
        PLAIN,
        /** Equal by a collation, which may take different texts for one. */
        TEXT,
        BINARY,
        JSON,
        /**
         * {@code =} is missing, or its answer says less than the text form. In PostgreSQL json, xml, geometry and citext, and
         * where 1.0 is 1.00, 0 is -0 or 24 hours are a day: numeric without a scale, floats, intervals, jsonb, arrays.
         */
        OPAQUE
    }

    private static final String POSTGRESQL = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, -1),
                   CASE WHEN t.typname = 'bytea' THEN 'BINARY'
                        WHEN t.typcategory IN ('A', 'G') OR t.typname = 'numeric' AND a.atttypmod = -1
                          OR t.typname IN ('json', 'jsonb', 'xml', 'citext', 'float4', 'float8', 'interval') THEN 'OPAQUE'
                        WHEN t.typcategory = 'S' THEN 'TEXT' ELSE 'PLAIN' END,
                   CASE WHEN a.attnotnull THEN 'NOT_NULL ' ELSE '' END
                   || CASE WHEN a.attgenerated <> '' THEN 'GENERATED' ELSE '' END
            FROM pg_attribute a JOIN pg_type d ON d.oid = a.atttypid
            JOIN pg_type t ON t.oid = CASE d.typtype WHEN 'd' THEN d.typbasetype ELSE d.oid END
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum""";

    private static final String MYSQL = """
            SELECT column_name, column_type,
                   column_type || coalesce(' CHARACTER SET ' || character_set_name || ' COLLATE ' || collation_name, ''),
                   data_type,
                   CASE is_nullable WHEN 'NO' THEN 'NOT_NULL ' ELSE '' END
                   || CASE WHEN generation_expression <> '' THEN 'GENERATED ' ELSE '' END
                   || CASE WHEN extra LIKE '%on update%' THEN 'TOUCHED' ELSE '' END
            FROM information_schema.columns
            WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ?
            ORDER BY ordinal_position""";

    private static final Set<String> TEXTS =
            Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set");
    private static final Set<String> BINARIES =
            Set.of("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob");

    /** The columns of a table in their order, by name; empty when there is no such table. */
    public static Map<String, TableColumn> of(Connection connection, String table) throws SQLException {
        return of(connection, Optional.empty(), table);
    }

    /** @param schema empty: where the connection finds the table */
    public static Map<String, TableColumn> of(Connection connection, Optional<String> schema, String table)
            throws SQLException {
        Dialect dialect = Dialect.of(connection);
        Map<String, TableColumn> columns = new LinkedHashMap<>();
        List<List<String>> rows = dialect.mysql()
                ? Sql.rows(connection, MYSQL, schema.orElse(""), table)
                : Sql.rows(
                        connection,
                        POSTGRESQL,
                        schema.map(name -> Identifiers.quote(name) + ".").orElse("") + Identifiers.quote(table));
        for (List<String> row : rows) {
            Family family = dialect.mysql() ? family(row.get(3)) : Family.valueOf(row.get(3));
            Set<Trait> traits = Stream.of(row.get(4).split(" "))
                    .filter(trait -> !trait.isEmpty())
                    .map(Trait::valueOf)
                    .collect(Collectors.toSet());
            columns.put(row.get(0), new TableColumn(dialect, row.get(0), row.get(1), row.get(2), family, traits));
        }
        return columns;
    }

    private static Family family(String type) {
        String lower = type.toLowerCase(Locale.ROOT);
        if (TEXTS.contains(lower)) {
            return Family.TEXT;
        }
        if (BINARIES.contains(lower)) {
            return Family.BINARY;
        }
        return lower.equals("json") ? Family.JSON : Family.PLAIN;
    }

    /**
     * True when the two values would not be stored alike in this column; case, accents and trailing spaces count, whatever
     * the collation. Never NULL.
     */
    public String differs(String a, String b) {
        if (!dialect.mysql()) {
            return family == Family.OPAQUE || family == Family.TEXT
                    ? dialect.differs(dialect.exactly(dialect.asText(a)), dialect.exactly(dialect.asText(b)))
                    : dialect.differs(a, b);
        }
        return switch (family) {
            case TEXT -> dialect.differs(bytes(a), bytes(b));
            // As text: to the comparison of JSON, 1 is 1.0.
            case JSON -> dialect.differs(bytes("CAST(" + a + " AS JSON)"), bytes("CAST(" + b + " AS JSON)"));
            default -> dialect.differs(a, b);
        };
    }

    /**
     * What an expression comes to in this column, as far as {@link #differs} depends on that: in MySQL a text is compared
     * with a number as two doubles, which tell no long numbers apart.
     */
    public String stored(String expression) {
        String lower = type.toLowerCase(Locale.ROOT);
        if (!dialect.mysql()) {
            // A cast to varchar(n) would cut off.
            String exact = lower.startsWith("character") ? declaration : type;
            return family == Family.OPAQUE ? "CAST((" + expression + ") AS " + exact + ")" : "(" + expression + ")";
        }
        String number =
                lower.startsWith("bigint") ? "DECIMAL(65,0)" : lower.replaceFirst("^(decimal\\(.*?\\)).*$", "$1");
        return lower.startsWith("bigint") || lower.startsWith("decimal(")
                ? "CAST((" + expression + ") AS " + number + ")"
                : "(" + expression + ")";
    }

    /** Of any character set, as UTF-8: a binary collation would still take trailing spaces for nothing. */
    private static String bytes(String text) {
        return "CAST(CONVERT(" + text + " USING utf8mb4) AS BINARY)";
    }

    /** The value as text, exactly: of a row that is called so. */
    public String text(String alias) {
        String value = alias + "." + Identifiers.quote(name);
        if (!dialect.mysql()) {
            return value + "::text";
        }
        return family == Family.BINARY ? dialect.hex(value) : dialect.asText(value);
    }

    /** The value as a JSON document shows it. */
    public String json(String alias) {
        String value = alias + "." + Identifiers.quote(name);
        return dialect.mysql() && family == Family.BINARY ? dialect.hex(value) : value;
    }

    /** A parameter, the value as {@link #text} gives it, as a value of this column. */
    public String given() {
        if (!dialect.mysql()) {
            return "CAST(? AS " + declaration + ")";
        }
        return family == Family.BINARY ? dialect.unhex("?") : "?";
    }
}
