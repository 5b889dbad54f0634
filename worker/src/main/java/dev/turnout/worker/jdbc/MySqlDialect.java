package dev.turnout.worker.jdbc;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * MySQL 8 and MariaDB 10.6 and later.
 *
 * @param mariaDb the server is a MariaDB
 */
record MySqlDialect(boolean mariaDb) implements Dialect {
    private static final Duration SHORTEST_LOCK_WAIT = Duration.ofSeconds(1);
    /** The server's own default, in seconds, for limits of zero: none. */
    private static final long NO_LOCK_LIMIT = 31_536_000;

    @Override
    public String product() {
        return mariaDb ? "MariaDB" : "MySQL";
    }

    @Override
    public boolean mysql() {
        return true;
    }

    /** By NO_BACKSLASH_ESCAPES only a quote needs care; a trigger keeps the mode under which it was made. */
    @Override
    public String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a literal must not hold NUL");
        }
        return "'" + text.replace("'", "''") + "'";
    }

    @Override
    public String differs(String a, String b) {
        return "NOT (" + a + " <=> " + b + ")";
    }

    @Override
    public String same(String a, String b) {
        return "(" + a + " <=> " + b + ")";
    }

    @Override
    public String asText(String expression) {
        return "CAST(" + expression + " AS CHAR)";
    }

    @Override
    public String hex(String expression) {
        return "lower(hex(" + expression + "))";
    }

    @Override
    public String unhex(String expression) {
        return "unhex(" + expression + ")";
    }

    /** Of the statement's begin; UTC whatever the session's zone, because triggers run in sessions of applications. */
    @Override
    public String now() {
        return "UTC_TIMESTAMP(6)";
    }

    @Override
    public String nowPlusMillis(String millis) {
        return "UTC_TIMESTAMP(6) + INTERVAL (" + millis + " * 1000) MICROSECOND";
    }

    @Override
    public String jsonObject(List<String> namesAndValues) {
        return "JSON_OBJECT(" + String.join(", ", namesAndValues) + ")";
    }

    @Override
    public String jsonArray(List<String> values) {
        return "JSON_ARRAY(" + String.join(", ", values) + ")";
    }

    @Override
    public String jsonText(String object, String field) {
        String path = "concat('$.', JSON_QUOTE(" + literal(field) + "))";
        return "JSON_UNQUOTE(JSON_EXTRACT(" + object + ", " + path + "))";
    }

    /** VALUES() is what both products know. A row that stays is set to what it is, which locks it and changes nothing. */
    @Override
    public String upsert(String table, List<String> key, List<String> replaced) {
        String first = Identifiers.quote(key.get(0));
        return " ON DUPLICATE KEY UPDATE "
                + (replaced.isEmpty()
                        ? first + " = " + table + "." + first
                        : replaced.stream()
                                .map(Identifiers::quote)
                                .map(column -> column + " = VALUES(" + column + ")")
                                .collect(joining(", ")));
    }

    @Override
    public String shareLock() {
        return " LOCK IN SHARE MODE";
    }

    @Override
    public String lockOrFail() {
        return " FOR UPDATE NOWAIT";
    }

    @Override
    public String shareLockOrFail() {
        return mariaDb ? " LOCK IN SHARE MODE NOWAIT" : " FOR SHARE NOWAIT";
    }

    /** {@code (a, b) > (1, 2)} is no range to these optimizers; {@code a > 1 OR (a = 1 AND b > 2)} is. */
    @Override
    public String compare(List<String> columns, String operator, List<String> values) {
        int last = columns.size() - 1;
        String strict = operator.substring(0, 1);
        String comparison = columns.get(last) + " " + operator + " " + values.get(last);
        for (int i = last - 1; i >= 0; i--) {
            comparison = columns.get(i) + " " + strict + " " + values.get(i) + " OR (" + columns.get(i) + " = "
                    + values.get(i) + " AND (" + comparison + "))";
        }
        return "(" + comparison + ")";
    }

    @Override
    public <T> List<T> bound(List<T> key) {
        List<T> bound = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            bound.add(key.get(i));
            if (i < key.size() - 1) {
                bound.add(key.get(i));
            }
        }
        return List.copyOf(bound);
    }

    @Override
    public String hash(List<String> texts) {
        String whole = texts.stream()
                .map(text -> "CONVERT(" + text + " USING utf8mb4)")
                .map(text -> "coalesce(concat(octet_length(" + text + "), ':', " + text + "), '-')")
                .collect(joining(", ',', ", "concat(", ")"));
        return "CAST(CAST(conv(substr(md5(" + whole + "), 1, 16), 16, 10) AS UNSIGNED) AS SIGNED)";
    }

    /** Case counts, as it does in PostgreSQL's {@code ~}. */
    @Override
    public String matches(String text, String pattern) {
        return mariaDb
                ? "(" + exactly(text) + " RLIKE " + pattern + ")"
                : "REGEXP_LIKE(" + text + ", " + pattern + ", 'c')";
    }

    @Override
    public String exactly(String text) {
        return "CONVERT(" + text + " USING utf8mb4) COLLATE " + (mariaDb ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin");
    }

    /** In UTC, as the session is. */
    @Override
    public Object moment(Instant instant) {
        return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    }

    @Override
    public Instant moment(ResultSet row, int column) throws SQLException {
        return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
    }

    /** A number, as every condition is. */
    @Override
    public String bool(String condition) {
        return "((" + condition + "\n) <> 0)";
    }

    /**
     * The locks of rows and those of tables have limits of their own, in whole seconds. Of a statement only MariaDB limits
     * every kind; MySQL limits reads, the rest is limited by {@link TimedStatements}.
     */
    @Override
    public void limit(Connection connection, Limits limits, boolean local) throws SQLException {
        long lockSeconds = limits.lock().isZero()
                ? NO_LOCK_LIMIT
                : Math.max(SHORTEST_LOCK_WAIT.toSeconds(), limits.lock().toSeconds());
        long millis = limits.statement().toMillis();
        String statement = mariaDb
                ? "max_statement_time = " + millis / 1000 + "." + String.format("%03d", millis % 1000)
                : "max_execution_time = " + millis;
        try (Statement set = connection.createStatement()) {
            set.execute("SET innodb_lock_wait_timeout = " + lockSeconds + ", lock_wait_timeout = " + lockSeconds + ", "
                    + statement);
        }
    }

    /** The triggers of a table must not take the next borrower for the backfill. */
    @Override
    public void reset(Connection connection) throws SQLException {
        try (Statement set = connection.createStatement()) {
            set.execute("SET @turnout_backfill = NULL, @turnout_carrying = NULL");
        }
    }
}
