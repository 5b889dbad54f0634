package dev.turnout.worker.remote;

import dev.turnout.migration.TableName;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The type of a column or an expression, and how its values become text and come back without a change. Immutable.
 *
 * @param base the type's name without length, as SQL takes it
 * @param length characters, bytes, bits or digits that fit; 0: no limit
 * @param scale digits after the point, of a second too
 * @param limited {@code length} and {@code scale} are known
 * @param unsigned holds no negative number
 * @param charset of a text of MySQL
 * @param collation of a text of MySQL
 */
record ColumnType(
        Dialect dialect,
        Form form,
        String base,
        long length,
        int scale,
        boolean limited,
        boolean unsigned,
        Optional<String> charset,
        Optional<String> collation,
        boolean notNull) {

    /** In this SQL mode MySQL's driver sends a text with a quote or a backslash as bytes: this makes it a text again. */
    static final String UTF8 = "CONVERT(? USING utf8mb4)";

    /** The columns of a table that can be written, by name; empty: there is no such table. */
    static Map<String, ColumnType> of(Connection connection, TableName table) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        return dialect.mysql() ? ofMySql(connection, dialect, table) : ofPostgreSql(connection, table);
    }

    private static Map<String, ColumnType> ofPostgreSql(Connection connection, TableName table) throws SQLException {
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        for (List<String> row : Sql.rows(connection, """
                SELECT a.attname, format_type(a.atttypid, -1), t.typtype = 'e', a.atttypmod, a.attnotnull
                FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
                WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                ORDER BY a.attnum""", Route.quoted(table))) {
            columns.put(
                    row.get(0),
                    postgreSql(
                            row.get(1),
                            row.get(2).equals("t"),
                            Integer.parseInt(row.get(3)),
                            row.get(4).equals("t")));
        }
        return columns;
    }

    private static ColumnType postgreSql(String base, boolean isEnum, int modifier, boolean notNull) {
        Form form = Form.ofPostgreSql(base, isEnum);
        long length = 0;
        int scale = 0;
        // How PostgreSQL packs the length into one number.
        switch (form) {
            case DECIMAL -> {
                length = modifier < 0 ? 0 : ((modifier - 4) >> 16) & 0xffff;
                scale = modifier < 0 ? 0 : (modifier - 4) << 21 >> 21;
            }
            case TEXT -> length = modifier < 0 ? 0 : modifier - 4L;
            case BITS -> length = modifier < 0 ? 0 : modifier;
            case TIME, TIMESTAMP, INSTANT -> scale = modifier < 0 ? 6 : modifier;
            default -> {}
        }
        boolean limited = modifier >= 0 || form == Form.TIME || form == Form.TIMESTAMP || form == Form.INSTANT;
        return new ColumnType(
                Dialect.POSTGRESQL,
                form,
                base,
                length,
                scale,
                limited,
                false,
                Optional.empty(),
                Optional.empty(),
                notNull);
    }

    private static Map<String, ColumnType> ofMySql(Connection connection, Dialect dialect, TableName table)
            throws SQLException {
        Map<String, ColumnType> columns = new LinkedHashMap<>();
        for (List<String> row : Sql.rows(connection, """
                SELECT column_name, data_type, column_type,
                       coalesce(character_maximum_length, numeric_precision, 0),
                       coalesce(numeric_scale, datetime_precision, 0),
                       coalesce(character_set_name, ''), coalesce(collation_name, ''), is_nullable
                FROM information_schema.columns
                WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ?
                  AND coalesce(generation_expression, '') = ''
                ORDER BY ordinal_position""", table.schema().orElse(""), table.table())) {
            columns.put(
                    row.get(0),
                    new ColumnType(
                            dialect,
                            Form.ofMySql(row.get(1)),
                            row.get(1).toLowerCase(Locale.ROOT),
                            Long.parseLong(row.get(3)),
                            Integer.parseInt(row.get(4)),
                            true,
                            row.get(2).toLowerCase(Locale.ROOT).contains("unsigned"),
                            Optional.of(row.get(5)).filter(name -> !name.isEmpty()),
                            Optional.of(row.get(6)).filter(name -> !name.isEmpty()),
                            row.get(7).equals("NO")));
        }
        return columns;
    }

    /** The types of a query's columns, without running it. */
    static List<ColumnType> ofQuery(Connection connection, String query) throws SQLException {
        Dialect dialect = Dialect.of(connection);
        List<ColumnType> types = new ArrayList<>();
        // A row that cannot be: MySQL tells the types of a statement's columns with its answer only.
        try (PreparedStatement select = connection.prepareStatement(query);
                var none = select.executeQuery()) {
            ResultSetMetaData columns = none.getMetaData();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                types.add(dialect.mysql() ? mySql(dialect, columns, i) : postgreSql(connection, columns, i));
            }
        }
        return types;
    }

    private static ColumnType postgreSql(Connection connection, ResultSetMetaData columns, int i) throws SQLException {
        String name =
                switch (columns.getColumnTypeName(i)) {
                    case "smallserial" -> "smallint";
                    case "serial" -> "integer";
                    case "bigserial" -> "bigint";
                    default -> columns.getColumnTypeName(i);
                };
        List<List<String>> type = Sql.rows(connection, """
                SELECT format_type(oid, -1), typtype = 'e' FROM pg_type
                WHERE oid = coalesce(to_regtype(?), to_regtype(quote_ident(?)))""", name, name);
        if (type.isEmpty()) {
            return postgreSql(name, false, -1, false);
        }
        ColumnType known = postgreSql(type.get(0).get(0), type.get(0).get(1).equals("t"), -1, false);
        boolean limited = known.form == Form.DECIMAL && columns.getPrecision(i) > 0;
        return new ColumnType(
                known.dialect,
                known.form,
                known.base,
                limited ? columns.getPrecision(i) : 0,
                limited ? columns.getScale(i) : known.scale,
                limited,
                false,
                Optional.empty(),
                Optional.empty(),
                false);
    }

    private static ColumnType mySql(Dialect dialect, ResultSetMetaData columns, int i) throws SQLException {
        String name = columns.getColumnTypeName(i).toLowerCase(Locale.ROOT);
        String base = name.replace(" unsigned", "");
        return new ColumnType(
                dialect,
                Form.ofMySql(base),
                base,
                columns.getPrecision(i),
                Math.max(0, columns.getScale(i)),
                false,
                name.contains("unsigned"),
                Optional.empty(),
                Optional.empty(),
                false);
    }

    /** SQL that gives a value as text: exact, whatever the session. */
    String read(String value) {
        return dialect.mysql() ? readMySql(value) : readPostgreSql(value);
    }

    private String readPostgreSql(String value) {
        return switch (form) {
            case BYTES -> "encode(" + value + ", 'hex')";
            case INSTANT -> "((" + value + ") AT TIME ZONE 'UTC')::text";
            default -> "(" + value + ")::text";
        };
    }

    private String readMySql(String value) {
        return switch (form) {
            case BYTES -> "lower(hex(" + value + "))";
            case BITS -> "bin((" + value + ") + 0)";
            // As a float it would be shown with six digits.
            case FLOAT, DOUBLE -> "((" + value + ") * 1e0)";
            case TEXT, LABEL, SET -> "CONVERT(" + value + " USING utf8mb4)";
            default -> "CAST(" + value + " AS CHAR)";
        };
    }

    /** SQL that makes a value of this type of a text as {@link #read} gives it. */
    String parse(String text) {
        return dialect.mysql() ? parseMySql(text) : parsePostgreSql(text);
    }

    private String parsePostgreSql(String text) {
        return switch (form) {
            case BYTES -> "decode(" + text + ", 'hex')";
            case INSTANT -> "(CAST(" + text + " AS timestamp) AT TIME ZONE 'UTC')";
            // The cast to a type without length changes nothing; what is too long then fails as it is stored.
            default -> "CAST(" + text + " AS " + base + ")";
        };
    }

    private String parseMySql(String text) {
        return switch (form) {
            case BYTES -> "unhex(" + text + ")";
            case BITS -> "CAST(conv(" + text + ", 2, 10) AS UNSIGNED)";
            case INTEGER -> "CAST(" + text + " AS " + (unsigned ? "UNSIGNED" : "SIGNED") + ")";
            case DECIMAL -> "CAST(" + text + " AS DECIMAL(65, " + scale + "))";
            case DATE -> "CAST(" + text + " AS DATE)";
            case TIMESTAMP, INSTANT -> "CAST(" + text + " AS DATETIME(6))";
            case TEXT -> {
                String utf8 = "CONVERT(" + text + " USING utf8mb4)";
                yield charset.map(set -> "CONVERT(" + utf8 + " USING " + set + ")"
                                + collation.map(name -> " COLLATE " + name).orElse(""))
                        .orElse(utf8);
            }
            case JSON -> {
                String utf8 = "CONVERT(" + text + " USING utf8mb4)";
                yield dialect.mariaDb() ? utf8 : "CAST(" + utf8 + " AS JSON)";
            }
            case LABEL, SET -> "CONVERT(" + text + " USING utf8mb4)";
            default -> text;
        };
    }

    /** As {@link #parse}, for a value that is stored in a column of this type: the strict mode refuses what does not fit. */
    String store(String text) {
        if (!dialect.mysql()) {
            return parse(text);
        }
        return switch (form) {
            case BYTES, BITS -> parse(text);
            case TEXT, LABEL, SET, JSON -> "CONVERT(" + text + " USING utf8mb4)";
            default -> text;
        };
    }

    /** For operators: {@code decimal(10,2)}. */
    String words() {
        String size = form == Form.DECIMAL && length > 0 ? "(" + length + "," + scale + ")" : "";
        boolean sized = length > 0 && (form == Form.TEXT || form == Form.BITS || form == Form.BYTES);
        return dialect.product() + "'s " + base.replace("\"", "") + size + (sized ? "(" + length + ")" : "")
                + (unsigned ? " unsigned" : "");
    }
}
