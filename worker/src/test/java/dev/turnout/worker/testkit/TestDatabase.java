package dev.turnout.worker.testkit;

import com.zaxxer.hikari.util.DriverDataSource;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.jdbc.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database of one test. Values come back as text, NULL as {@code "NULL"}, so that an expectation is one string. */
public final class TestDatabase implements AutoCloseable {
    private static final int POOL_SIZE = 8;
    /** Of MySQL: the session ended by itself meanwhile. */
    private static final int NO_SUCH_THREAD = 1094;

    private final ConnectionSettings server;
    private final ConnectionSettings settings;
    private @Nullable Database database;

    private TestDatabase(ConnectionSettings server, ConnectionSettings settings) {
        this.server = server;
        this.settings = settings;
    }

    static TestDatabase create(ConnectionSettings server, String name) throws SQLException {
        onServer(server, "CREATE DATABASE " + name);
        String url = server.url().replaceFirst("/[^/?]*(\\?|$)", "/" + name + "$1");
        return new TestDatabase(
                server, new ConnectionSettings(name, url, server.user(), server.password(), server.setting()));
    }

    public String name() {
        return settings.name();
    }

    public String url() {
        return settings.url();
    }

    public String user() {
        return settings.user();
    }

    public String password() {
        return settings.password();
    }

    public ConnectionSettings settings() {
        return settings;
    }

    /** Pooled, as the workers use it; opened at the first call, closed with this. */
    public synchronized Database database() {
        if (database == null) {
            database = Database.open(settings, POOL_SIZE);
        }
        return database;
    }

    /** Unpooled: every connection is a new one. */
    public DataSource dataSource() {
        return new DriverDataSource(url(), null, manyStatements(settings), user(), password());
    }

    /** A new connection in auto-commit, for tests that play an application; the caller closes it. */
    public Connection connect() throws SQLException {
        return connect(settings);
    }

    private static Connection connect(ConnectionSettings settings) throws SQLException {
        Properties properties = manyStatements(settings);
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password());
        return DriverManager.getConnection(settings.url(), properties);
    }

    /** Several statements in one text: PostgreSQL always takes them, MySQL's driver only when asked to. */
    private static Properties manyStatements(ConnectionSettings settings) {
        Properties properties = new Properties();
        if (settings.mysql()) {
            properties.setProperty("allowMultiQueries", "true");
        }
        return properties;
    }

    /** Runs each text, which may hold several statements, by itself. */
    public void execute(String... sqls) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : sqls) {
                statement.execute(sql);
            }
        }
    }

    /** Runs one statement with values; gives the number of rows it changed. */
    public int update(String sql, Object... values) throws SQLException {
        try (Connection connection = connect()) {
            return update(connection, sql, values);
        }
    }

    /** The same in a connection of somebody's own. */
    public static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** Every row as its values joined by {@code |}. */
    public List<String> query(String sql, Object... values) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = prepare(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<String> result = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.add(Objects.requireNonNullElse(rows.getString(column), "NULL"));
                }
                result.add(row.stream().collect(Collectors.joining("|")));
            }
            return result;
        }
    }

    /** As {@link #query} gives them, by the first value of each, the others joined. */
    public Map<String, String> byKey(String sql, Object... values) throws SQLException {
        Map<String, String> rows = new HashMap<>();
        for (String row : query(sql, values)) {
            int bar = row.indexOf('|');
            rows.put(row.substring(0, bar), row.substring(bar + 1));
        }
        return rows;
    }

    /** The one row, as {@link #query} gives it. */
    public String one(String sql, Object... values) throws SQLException {
        List<String> rows = query(sql, values);
        if (rows.size() != 1) {
            throw new AssertionError("one row expected, got " + rows);
        }
        return rows.get(0);
    }

    private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    /** Ends all sessions and drops the database. */
    @Override
    public synchronized void close() throws SQLException {
        if (database != null) {
            database.close();
        }
        if (server.mysql()) {
            endSessions();
            onServer(server, "DROP DATABASE IF EXISTS " + name());
            // The bookkeeping is of the whole server; the next test has a run of the same number.
            onServer(server, "DROP DATABASE IF EXISTS turnout");
        } else {
            onServer(server, "DROP DATABASE IF EXISTS " + name() + " WITH (FORCE)");
        }
    }

    /** MySQL waits with the DROP for the transactions that use the database. */
    private void endSessions() throws SQLException {
        try (Connection connection = connect(server);
                PreparedStatement list =
                        prepare(connection, "SELECT id FROM information_schema.processlist WHERE db = ?", name());
                ResultSet sessions = list.executeQuery();
                Statement kill = connection.createStatement()) {
            while (sessions.next()) {
                try {
                    kill.execute("KILL " + sessions.getLong(1));
                } catch (SQLException e) {
                    if (e.getErrorCode() != NO_SUCH_THREAD) {
                        throw e;
                    }
                }
            }
        }
    }

    private static void onServer(ConnectionSettings server, String sql) throws SQLException {
        try (Connection connection = connect(server);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
