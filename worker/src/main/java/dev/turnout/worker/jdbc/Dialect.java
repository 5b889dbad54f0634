package dev.turnout.worker.jdbc;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * What the SQL of one database product has that another spells otherwise, as fragments for statements that serve both. The
 * sessions of {@link Database} let {@code "x"} quote a name, {@code ||} concatenate and a backslash stand for itself in
 * either. Immutable.
 */
public sealed interface Dialect permits PostgreSqlDialect, MySqlDialect {
    Dialect POSTGRESQL = new PostgreSqlDialect();
    Dialect MYSQL = new MySqlDialect(false);
    Dialect MARIADB = new MySqlDialect(true);

    /** Of the server behind a connection; asks the driver and not the server. */
    static Dialect of(Connection connection) throws SQLException {
        DatabaseMetaData server = connection.getMetaData();
        if (server.getDatabaseProductName().equals("PostgreSQL")) {
            return POSTGRESQL;
        }
        // Connector/J calls every server MySQL; a MariaDB names itself in its version.
        return server.getDatabaseProductVersion().toLowerCase(Locale.ROOT).contains("mariadb") ? MARIADB : MYSQL;
    }

    /** For operators: {@code PostgreSQL}, {@code MySQL}, {@code MariaDB}. */
    String product();

    /** MySQL or MariaDB. */
    boolean mysql();

    /** Where MariaDB is not MySQL. */
    boolean mariaDb();

    /** A string literal, of any text but one with a NUL. */
    String literal(String text);

    /** True where a and b are not the same value, NULL being one. Never NULL. */
    String differs(String a, String b);

    /** True where a and b are the same value, NULL being one. Never NULL. */
    String same(String a, String b);

    /** The text form of a value that is not binary; for those there is {@link #hex}. */
    String asText(String expression);

    /** Binary values as hex digits. */
    String hex(String expression);

    /** The bytes behind hex digits. */
    String unhex(String expression);

    /** The instant of the statement, by the clock of the database: {@code timestamptz}, or {@code DATETIME(6)} in UTC. */
    String now();

    /** {@link #now} plus a number of milliseconds. */
    String nowPlusMillis(String millis);

    /** A JSON object of alternating names (as literals) and values. */
    String jsonObject(List<String> namesAndValues);

    String jsonArray(List<String> values);

    /** The text of one field of a JSON object; NULL when it is not there. */
    String jsonText(String object, String field);

    /**
     * What makes an INSERT (VALUES or SELECT) into a table replace columns of a row that has the key already.
     *
     * @param table as the INSERT names it, quoted
     * @param replaced columns that take the values of the statement; none: the row stays as it is
     */
    String upsert(String table, List<String> key, List<String> replaced);

    /** Locks what a SELECT reads against change until the transaction ends. */
    String shareLock();

    /** Locks what a SELECT reads and fails at once, as {@link Failure#LOCK_TIMEOUT}, where somebody else holds a lock. */
    String lockOrFail();

    /** {@link #shareLock} that fails at once, as {@link Failure#LOCK_TIMEOUT}, where somebody else holds a stronger lock. */
    String shareLockOrFail();

    /**
     * Compares composite keys in their order, in a form that the optimizer turns into a range of an index. Its
     * parameters, when the values are such, are those of {@link #bound}.
     *
     * @param operator {@code >} or {@code <=}
     */
    String compare(List<String> columns, String operator, List<String> values);

    /** The values of a key in the order in which {@link #compare} mentions them. */
    <T> List<T> bound(List<T> key);

    /** A 64-bit hash over texts, NULL-safe and unambiguous; the same in every product for the same texts. */
    String hash(List<String> texts);

    /** True where a text matches a regular expression of the product's own kind. */
    String matches(String text, String pattern);

    /** The same comparison whatever the collation of the column: of bytes. */
    String exactly(String text);

    /** A moment, for a parameter. */
    Object moment(Instant instant);

    /** A moment from a column that holds one. */
    Instant moment(ResultSet row, int column) throws SQLException;

    /** A condition as a boolean column; NULL stays NULL. */
    String bool(String condition);

    /** Sets the limits for the transaction ({@code local}) or the session. */
    void limit(Connection connection, Limits limits, boolean local) throws SQLException;

    /** Brings back what a session must not carry from one borrower of the pool to the next. */
    void reset(Connection connection) throws SQLException;
}
