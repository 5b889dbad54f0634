package dev.turnout.server.control;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of changes of the flag set: a connection of its own that listens, on a thread of its own, connected anew for as
 * long as it is not closed. News may be missed while there is no connection; the listener is told after each new one.
 * Thread-safe.
 */
public final class News implements AutoCloseable {
    static final String CHANNEL = "turnout_news";
    static final String LISTEN = "LISTEN " + CHANNEL;

    private static final Logger LOG = LoggerFactory.getLogger(News.class);

    /** Also how long a close may take; the driver sees a dead server at the latest then, by the keep-alive query. */
    private static final Duration POLL = Duration.ofSeconds(2);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final ControlSettings settings;
    private final Consumer<OptionalLong> listener;
    private final Thread thread = new Thread(this::run, "turnout-news");
    private final CountDownLatch closed = new CountDownLatch(1);

    /**
     * @param listener told, on the news' thread, the version of the flag set, or nothing when news may have been missed;
     *     must not block or throw
     */
    public News(ControlSettings settings, Consumer<OptionalLong> listener) {
        this.settings = settings;
        this.listener = listener;
        this.thread.setDaemon(true);
    }

    /** Returns at once, whether or not the database answers. */
    public void start() {
        thread.start();
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (!isClosed()) {
            try (Connection connection = connect()) {
                listener.accept(OptionalLong.empty());
                pause = FIRST_PAUSE;
                hear(connection);
            } catch (SQLException e) {
                if (!isClosed()) {
                    LOG.warn("no news from {}, connecting anew: {}", settings.address(), e.getMessage());
                }
            }
            pause = rest(pause);
        }
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.secret());
        properties.setProperty("ApplicationName", "turnout-news");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "5");
        properties.setProperty("socketTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        Connection connection = DriverManager.getConnection(settings.jdbcUrl(), properties);
        execute(connection, LISTEN);
        return connection;
    }

    private void hear(Connection connection) throws SQLException {
        PGConnection postgres = connection.unwrap(PGConnection.class);
        while (!isClosed()) {
            PGNotification @Nullable [] heard = postgres.getNotifications((int) POLL.toMillis());
            if (heard == null || heard.length == 0) {
                // A network that is silently gone looks like silence: ask something.
                execute(connection, "SELECT 1");
            } else {
                // One transaction may bring many; the highest version says it all.
                listener.accept(highest(heard));
            }
        }
    }

    private static OptionalLong highest(PGNotification[] heard) {
        long highest = 0;
        for (PGNotification one : heard) {
            try {
                highest = Math.max(highest, Long.parseLong(one.getParameter()));
            } catch (NumberFormatException e) {
                // Not ours. Somebody else may use the channel; reading again does no harm.
                return OptionalLong.empty();
            }
        }
        return OptionalLong.of(highest);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Duration rest(Duration pause) {
        try {
            closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
        return pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    /** Returns at once; the connection is closed within two seconds. */
    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
    }
}
