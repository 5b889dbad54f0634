package dev.turnout.worker.jdbc;

import static java.util.stream.Collectors.joining;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** PostgreSQL 13 and later. */
record PostgreSqlDialect() implements Dialect {
    @Override
    public String product() {
        return "PostgreSQL";
    }

    @Override
    public boolean mysql() {
        return false;
    }

    @Override
    public boolean mariaDb() {
        return false;
    }

    @Override
    public String literal(String text) {
        return Identifiers.literal(text);
    }

    @Override
    public String differs(String a, String b) {
        return a + " IS DISTINCT FROM " + b;
    }

    @Override
    public String same(String a, String b) {
        return a + " IS NOT DISTINCT FROM " + b;
    }

    @Override
    public String asText(String expression) {
        return "(" + expression + ")::text";
    }

    @Override
    public String hex(String expression) {
        return "encode(" + expression + ", 'hex')";
    }

    @Override
    public String unhex(String expression) {
        return "decode(" + expression + ", 'hex')";
    }

    /** Real time: now() stands still in a transaction. */
    @Override
    public String now() {
        return "clock_timestamp()";
    }

    @Override
    public String nowPlusMillis(String millis) {
        return "clock_timestamp() + " + millis + " * interval '1 millisecond'";
    }

    @Override
    public String jsonObject(List<String> namesAndValues) {
        return "jsonb_build_object(" + String.join(", ", namesAndValues) + ")";
    }

    @Override
    public String jsonArray(List<String> values) {
        return "jsonb_build_array(" + String.join(", ", values) + ")";
    }

    @Override
    public String jsonText(String object, String field) {
        return object + " ->> " + Identifiers.literal(field);
    }

    @Override
    public String upsert(String table, List<String> key, List<String> replaced) {
        String conflict = " ON CONFLICT (" + Identifiers.quoteAll(key) + ") DO ";
        return replaced.isEmpty()
                ? conflict + "NOTHING"
                : conflict + "UPDATE SET "
                        + replaced.stream()
                                .map(Identifiers::quote)
                                .map(column -> column + " = excluded." + column)
                                .collect(joining(", "));
    }

    @Override
    public String shareLock() {
        return " FOR SHARE";
    }

    @Override
    public String lockOrFail() {
        return " FOR UPDATE NOWAIT";
    }

    @Override
    public String shareLockOrFail() {
        return " FOR SHARE NOWAIT";
    }

    @Override
    public String compare(List<String> columns, String operator, List<String> values) {
        return "(" + String.join(", ", columns) + ") " + operator + " (" + String.join(", ", values) + ")";
    }

    @Override
    public <T> List<T> bound(List<T> key) {
        return List.copyOf(key);
    }

    @Override
    public String hash(List<String> texts) {
        String whole = texts.stream()
                .map(text -> "coalesce(octet_length(" + text + ") || ':' || " + text + ", '-')")
                .collect(joining(" || ','  || "));
        return "('x' || substr(md5(" + whole + "), 1, 16))::bit(64)::bigint";
    }

    @Override
    public String matches(String text, String pattern) {
        return text + " ~ " + pattern;
    }

    @Override
    public String exactly(String text) {
        return text + " COLLATE \"C\"";
    }

    @Override
    public Object moment(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    @Override
    public Instant moment(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    @Override
    public String bool(String condition) {
        return "(" + condition + "\n)::boolean";
    }

    @Override
    public void limit(Connection connection, Limits limits, boolean local) throws SQLException {
        try (PreparedStatement set = connection.prepareStatement(
                "SELECT set_config('lock_timeout', ?, ?), set_config('statement_timeout', ?, ?)")) {
            set.setString(1, limits.lock().toMillis() + "ms");
            set.setBoolean(2, local);
            set.setString(3, limits.statement().toMillis() + "ms");
            set.setBoolean(4, local);
            set.execute();
        }
    }

    /** What a transaction sets goes with it. */
    @Override
    public void reset(Connection connection) {}
}
