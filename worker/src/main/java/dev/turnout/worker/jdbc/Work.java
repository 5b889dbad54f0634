package dev.turnout.worker.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Statements on one connection; may run again from the start, so it has no other effects. */
@FunctionalInterface
public interface Work<T> {
    T with(Connection connection) throws SQLException;
}
