package dev.turnout.worker.remote;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What kind of values a column holds, in words that both products share: what decides how a value can cross. */
enum Form {
    INTEGER,
    DECIMAL,
    FLOAT,
    DOUBLE,
    BOOLEAN,
    TEXT,
    /** Of an enum. */
    LABEL,
    /** Several labels of MySQL. */
    SET,
    /** An array of texts of PostgreSQL. */
    TEXTS,
    BYTES,
    BITS,
    DATE,
    TIME,
    /** A date and time of no zone. */
    TIMESTAMP,
    /** A moment, whatever the zone. */
    INSTANT,
    JSON,
    UUID,
    /** Of an expression that is NULL and nothing else. */
    NOTHING,
    /** A type of one product alone, known by its name. */
    OTHER;

    private static final Map<String, Form> POSTGRESQL = Map.ofEntries(
            Map.entry("smallint", INTEGER),
            Map.entry("integer", INTEGER),
            Map.entry("bigint", INTEGER),
            Map.entry("numeric", DECIMAL),
            Map.entry("real", FLOAT),
            Map.entry("double precision", DOUBLE),
            Map.entry("boolean", BOOLEAN),
            Map.entry("text", TEXT),
            Map.entry("character varying", TEXT),
            Map.entry("bpchar", TEXT),
            Map.entry("text[]", TEXTS),
            Map.entry("bytea", BYTES),
            Map.entry("\"bit\"", BITS),
            Map.entry("bit varying", BITS),
            Map.entry("date", DATE),
            Map.entry("time without time zone", TIME),
            Map.entry("timestamp without time zone", TIMESTAMP),
            Map.entry("timestamp with time zone", INSTANT),
            Map.entry("json", JSON),
            Map.entry("jsonb", JSON),
            Map.entry("uuid", UUID));

    private static final Set<String> MYSQL_INTEGERS =
            Set.of("tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year");
    private static final Set<String> MYSQL_TEXTS =
            Set.of("char", "varchar", "tinytext", "text", "mediumtext", "longtext");
    private static final Set<String> MYSQL_BYTES =
            Set.of("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob");

    private static final Map<String, Form> MYSQL = Map.ofEntries(
            Map.entry("decimal", DECIMAL),
            Map.entry("float", FLOAT),
            Map.entry("double", DOUBLE),
            Map.entry("bit", BITS),
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("datetime", TIMESTAMP),
            Map.entry("timestamp", INSTANT),
            Map.entry("enum", LABEL),
            Map.entry("set", SET),
            Map.entry("json", JSON),
            Map.entry("null", NOTHING));

    /** @param base as {@code format_type} gives it without length */
    static Form ofPostgreSql(String base, boolean isEnum) {
        return isEnum ? LABEL : POSTGRESQL.getOrDefault(base, OTHER);
    }

    /** @param type the type's name alone */
    static Form ofMySql(String type) {
        String name = type.toLowerCase(Locale.ROOT);
        if (MYSQL_INTEGERS.contains(name)) {
            return INTEGER;
        }
        if (MYSQL_TEXTS.contains(name)) {
            return TEXT;
        }
        return MYSQL_BYTES.contains(name) ? BYTES : MYSQL.getOrDefault(name, OTHER);
    }
}
