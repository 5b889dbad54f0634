package dev.turnout.server.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.sql.DataSource;

/** Hands out numbers of new reservations, taken from the database's sequence in blocks. Thread-safe. */
final class ReservationNumbers {
    private static final int BLOCK = 100;

    private final DataSource database;
    private final Deque<Long> free = new ArrayDeque<>();

    ReservationNumbers(DataSource database) {
        this.database = database;
    }

    /** A number that nobody else has. */
    synchronized long next() throws SQLException {
        if (free.isEmpty()) {
            try (Connection connection = database.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT nextval(pg_get_serial_sequence('reservations', 'id')) FROM generate_series(1, "
                                    + BLOCK + ")")) {
                while (rows.next()) {
                    free.add(rows.getLong(1));
                }
            }
        }
        return free.remove();
    }
}
