package dev.turnout.worker.run;

import dev.turnout.migration.Side;
import dev.turnout.worker.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The items as one side keeps them, and what its application does to them.
 *
 * @param side decides what of an {@link Item} the columns hold
 * @param text column of the name or the label
 * @param number column of the count or the amount
 */
record ItemTable(Side side, String table, String key, String text, String number) {
    void insert(Connection connection, int id, Item item) throws SQLException {
        String columns = text + ", " + number + ", " + key;
        write(connection, "INSERT INTO " + table + " (" + columns + ") VALUES (?, ?, ?)", id, item);
    }

    void update(Connection connection, int id, Item item) throws SQLException {
        write(
                connection,
                "UPDATE " + table + " SET " + text + " = ?, " + number + " = ? WHERE " + key + " = ?",
                id,
                item);
    }

    private void write(Connection connection, String sql, int id, Item item) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            write.setString(1, side == Side.OLD ? item.name() : item.label());
            Optional<Integer> count = side == Side.OLD ? item.count() : item.amount();
            if (count.isPresent()) {
                write.setInt(2, count.get());
            } else {
                write.setNull(2, Types.INTEGER);
            }
            write.setInt(3, id);
            exactly(1, write.executeUpdate(), sql);
        }
    }

    void delete(Connection connection, int id) throws SQLException {
        change(connection, "DELETE FROM " + table + " WHERE " + key + " = ?", id);
    }

    void rekey(Connection connection, int id, int to) throws SQLException {
        String sql = "UPDATE " + table + " SET " + key + " = ? WHERE " + key + " = ?";
        exactly(1, change(connection, sql, to, id), sql);
    }

    /** Changes the count of these rows in one statement. */
    void recount(Connection connection, Set<Integer> ids, int count) throws SQLException {
        String list = ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
        String sql = "UPDATE " + table + " SET " + number + " = ? WHERE " + key + " IN (" + list + ")";
        exactly(ids.size(), change(connection, sql, side == Side.OLD ? count : count + Item.ADDED), sql);
    }

    private static int change(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                write.setInt(i + 1, values[i]);
            }
            return write.executeUpdate();
        }
    }

    /** An application that finds fewer rows than it knows of has lost them already. */
    private static void exactly(int rows, int written, String sql) {
        if (written != rows) {
            throw new AssertionError(written + " rows instead of " + rows + " by " + sql);
        }
    }

    /** Key to {@code name|count} or {@code label|amount}. */
    Map<Integer, String> rows(TestDatabase db) throws SQLException {
        Map<Integer, String> rows = new TreeMap<>();
        for (String row : db.query("SELECT " + key + ", " + text + ", " + number + " FROM " + table)) {
            int bar = row.indexOf('|');
            rows.put(Integer.valueOf(row.substring(0, bar)), row.substring(bar + 1));
        }
        return rows;
    }
}
