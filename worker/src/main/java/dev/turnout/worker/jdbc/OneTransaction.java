package dev.turnout.worker.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Lets a library that opens connections and commits as it likes work within the caller's transaction: what it does stands
 * as a whole or not at all. Where DDL commits by itself this helps nothing. Not thread-safe, as a connection is not.
 */
public final class OneTransaction {
    private static final Set<String> OF_THE_CALLER = Set.of("commit", "close", "setAutoCommit");
    private static final Set<String> NEVER = Set.of("getAutoCommit", "isClosed");

    private OneTransaction() {}

    /** Gives the one connection again and again. Only the caller commits and closes it; a rollback is one. */
    public static DataSource of(Connection connection) {
        Connection kept = (Connection) Proxy.newProxyInstance(
                OneTransaction.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (OF_THE_CALLER.contains(method.getName())) {
                        return null;
                    }
                    if (NEVER.contains(method.getName())) {
                        return false;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
        return (DataSource) Proxy.newProxyInstance(
                OneTransaction.class.getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    if (method.getName().equals("getConnection")) {
                        return kept;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }
}
