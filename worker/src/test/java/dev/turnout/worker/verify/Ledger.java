package dev.turnout.worker.verify;

import static java.util.stream.Collectors.joining;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A table with a column of every kind of value, each carried over as it is: {@code was_title} becomes {@code title}.
 *
 * @param types of the columns, by name
 * @param values of row {@code n}
 */
record Ledger(Map<String, String> types, Map<String, String> values, String numbers) {
    private static final int ROWS = 240;

    private static final String SET =
            "set('a','tag 0','tag 1','tag 2','tag 3','tag 4','tag 5','tag 6','tag 7','tag 8','tag 9')";

    static final Ledger POSTGRESQL = new Ledger("generate_series(1, " + ROWS + ") AS s (n)")
            .with("title", "text", "'Café ' || n")
            .with("label", "text COLLATE anyhow", "'Jose ' || n || ' 🙂'")
            .with("bytes", "bytea", "decode('00' || lpad(to_hex(n), 4, '0'), 'hex')")
            .with("price", "numeric(12,2)", "n * 1.01")
            .with("mass", "numeric", "n * 1.50")
            .with("moment", "timestamptz", "timestamptz '2026-03-29 00:30:00.123456Z' + n * interval '1 minute'")
            .with("flag", "boolean", "n % 2 = 0")
            .with("doc", "jsonb", "jsonb_build_object('n', n, 'x', NULL)")
            .with("ratio", "double precision", "CASE n WHEN 7 THEN 1 WHEN 9 THEN 0 ELSE n / 7.0 END")
            .with("big", "bigint", "9223372036854775807 - abs(n - 7)")
            .with("raw", "json", "('{\"n\": ' || n || '}')::json")
            .with("tags", "text[]", "CASE WHEN n <> 13 THEN ARRAY['a', 'tag ' || n] ELSE ARRAY[]::text[] END")
            .with("masses", "numeric[]", "ARRAY[n * 1.50]")
            .with("span", "interval", "n * interval '1 day'");

    static final Ledger MYSQL = new Ledger(
                    "(WITH RECURSIVE s AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM s WHERE n < " + ROWS
                            + ") SELECT n FROM s) AS s")
            .with("title", "varchar(40) COLLATE utf8mb4_unicode_ci", "concat('Café ', n)")
            .with("label", "varchar(40) COLLATE utf8mb4_unicode_ci", "concat('Jose ', n, ' 🙂')")
            .with("bytes", "varbinary(20)", "unhex(concat('00', lpad(hex(n), 4, '0')))")
            .with("price", "decimal(12,2)", "n * 1.01")
            .with("mass", "decimal(40,10)", "CAST('1e25' AS decimal(40,10)) + n")
            .with("moment", "datetime(6)", "'2026-03-29 00:30:00.123456' + INTERVAL n MINUTE")
            .with("flag", "tinyint(1)", "n % 2 = 0")
            .with("doc", "json", "JSON_OBJECT('n', n, 'x', NULL)")
            .with("ratio", "double", "CASE n WHEN 7 THEN 1 ELSE n / 7.0 END")
            .with("big", "bigint", "9223372036854775807 - abs(n - 7)")
            .with("digits", "bigint", "9007199254740992 + n")
            .with("written", "decimal(40,10)", "concat('9007199254740992000000', n, '.0000000001')")
            .as("digits", "varchar(40)")
            .as("written", "varchar(60)");

    /** From MySQL to PostgreSQL, with what either has and the other has otherwise. */
    static final Ledger MYSQL_TO_POSTGRESQL = new Ledger(MYSQL.numbers)
            .with("title", "text", "concat('Café ', n)", "varchar(40) COLLATE utf8mb4_unicode_ci")
            .with("label", "text COLLATE anyhow", "concat('Jose ', n, ' 🙂')", "varchar(40) COLLATE utf8mb4_unicode_ci")
            .with("bytes", "bytea", "unhex(concat('00', lpad(hex(n), 4, '0')))", "varbinary(20)")
            .with("price", "numeric(12,2)", "n * 1.01", "decimal(12,2)")
            .with("mass", "numeric", "CAST('1e25' AS decimal(40,10)) + n", "decimal(40,10)")
            .with("moment", "timestamp", "'2026-03-29 00:30:00.123456' + INTERVAL n MINUTE", "datetime(6)")
            .with("instant", "timestamptz", "from_unixtime(1774744200.123456 + n * 60)", "timestamp(6)")
            .with("flag", "boolean", "n % 2 = 0", "tinyint(1)")
            .with("doc", "jsonb", "JSON_OBJECT('n', n, 'x', NULL)", "json")
            .with("ratio", "double precision", "CASE n WHEN 7 THEN 1 WHEN 9 THEN 0 ELSE n / 7.0 END", "double")
            .with("big", "bigint", "9223372036854775807 - abs(n - 7)", "bigint")
            .with("huge", "numeric(20,0)", "18446744073709551615 - n", "bigint unsigned")
            .with("raw", "json", "JSON_OBJECT('n', n)", "json")
            .with("tags", "text[]", "CASE n WHEN 13 THEN '' ELSE concat('a,tag ', n % 10) END", SET)
            .with("ident", "uuid", "unhex(lpad(hex(n), 32, '0'))", "binary(16)")
            .with("mask", "bit(8)", "n % 256", "bit(8)")
            .with("day", "date", "'2026-01-01' + INTERVAL n DAY", "date")
            .with("clock", "time", "sec_to_time(n)", "time(6)");

    private Ledger(String numbers) {
        this(Map.of(), Map.of(), numbers);
    }

    private Ledger with(String column, String type, String value) {
        return new Ledger(and(types, column, type), and(values, column, value), numbers);
    }

    private Ledger with(String column, String type, String value, String oldType) {
        return with(column, type, value).as(column, oldType);
    }

    /** The old column is of another type. */
    private Ledger as(String column, String type) {
        return new Ledger(and(types, "was_" + column, type), values, numbers);
    }

    private static Map<String, String> and(Map<String, String> map, String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return more;
    }

    Map<String, String> up() {
        Map<String, String> up = new LinkedHashMap<>();
        values.keySet().forEach(column -> up.put(column, "old.was_" + column));
        return up;
    }

    String oldColumns() {
        return values.keySet().stream()
                .map(column -> "was_" + column + " " + types.getOrDefault("was_" + column, types.get(column)))
                .collect(joining(", "));
    }

    String newColumns() {
        return values.keySet().stream()
                .map(column -> column + " " + types.get(column))
                .collect(joining(", "));
    }

    /** Row 12 has no value but its key, row 13 empty ones where there are such. */
    List<String> rows() {
        String names = values.keySet().stream().map(column -> "was_" + column).collect(joining(", "));
        return List.of(
                "INSERT INTO ledger (id, " + names + ") SELECT n, " + String.join(", ", values.values()) + " FROM "
                        + numbers,
                "UPDATE ledger SET "
                        + values.keySet().stream()
                                .map(column -> "was_" + column + " = NULL")
                                .collect(joining(", "))
                        + " WHERE id = 12",
                "UPDATE ledger SET was_title = '', was_label = '', was_bytes = '' WHERE id = 13");
    }
}
