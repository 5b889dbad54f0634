package dev.turnout.worker.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;

/**
 * Gives every statement of a connection a time limit that the driver keeps, for a server that limits reads only. Not
 * thread-safe, as a connection is not.
 */
final class TimedStatements {
    private TimedStatements() {}

    /** @param limit zero: none */
    static Connection of(Connection connection, Duration limit) {
        if (limit.isZero()) {
            return connection;
        }
        // Whole seconds, and one more than the server is given: what it can end itself, it should.
        int seconds = (int) Math.min(Integer.MAX_VALUE, limit.toSeconds() + 1);
        return (Connection) Proxy.newProxyInstance(
                TimedStatements.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> {
                    try {
                        Object result = method.invoke(connection, arguments);
                        if (result instanceof Statement statement) {
                            statement.setQueryTimeout(seconds);
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
