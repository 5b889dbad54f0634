package dev.turnout.worker.write;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;
import static java.util.stream.Collectors.joining;

import dev.turnout.migration.Move;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.jdbc.TableColumn;
import dev.turnout.worker.write.Write.Op;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One row of a move's table, written as an application would: columns that the catalogue has, values as parameters that the
 * statement casts to the column's type. For one transaction.
 */
final class RowSql {
    private final Connection connection;
    private final Move move;
    private final KeySql key;
    private final Map<String, TableColumn> table;
    private final List<String> keyTexts;

    private RowSql(Connection connection, Move move, Map<String, String> key) throws SQLException {
        this.connection = connection;
        this.move = move;
        this.key = KeySql.of(connection, move);
        this.table = TableColumn.of(connection, move.table());
        this.keyTexts = move.key().stream()
                .map(column -> Objects.requireNonNull(key.get(column)))
                .toList();
    }

    /** @throws WriteRefused when the key is not one, or is not spelled as the database does */
    static RowSql of(Connection connection, Move move, Write write) throws SQLException {
        if (!write.key().keySet().equals(Set.copyOf(move.key()))) {
            throw new WriteRefused("the key of " + move.table() + " is " + String.join(", ", move.key()));
        }
        RowSql row = new RowSql(connection, move, write.key());
        row.checkSpelling();
        return row;
    }

    /** By a key that is spelled as the database does. */
    static RowSql of(Connection connection, Move move, Map<String, String> key) throws SQLException {
        return new RowSql(connection, move, key);
    }

    /** Two spellings of one key would be two queues for one row. */
    private void checkSpelling() throws SQLException {
        List<Optional<String>> spelled = row("SELECT " + key.spelled()).orElseThrow();
        List<String> other = new ArrayList<>();
        for (int i = 0; i < keyTexts.size(); i++) {
            if (!spelled.get(i).equals(Optional.of(keyTexts.get(i)))) {
                other.add(move.key().get(i) + " as " + spelled.get(i).orElse("NULL"));
            }
        }
        if (!other.isEmpty()) {
            throw new WriteRefused("write the key as the database does: " + String.join(", ", other));
        }
    }

    /**
     * @return rows written: for a delete 0 when there was none
     * @throws WriteRefused when a column is not in the catalogue
     */
    int write(Write write) throws SQLException {
        List<String> unknown = write.values().keySet().stream()
                .filter(column -> !table.containsKey(column))
                .toList();
        if (!unknown.isEmpty()) {
            throw new WriteRefused(move.table() + " has no column " + String.join(", ", unknown));
        }
        if (write.op() == Op.DELETE) {
            // MySQL and MariaDB want to be told the alias before they know it.
            String alias = key.dialect().mysql() ? "old " : "";
            return change("DELETE " + alias + "FROM " + quote(move.table()) + " AS old WHERE " + key.at(), Map.of());
        }
        int updated = change(
                "UPDATE " + quote(move.table()) + " AS old SET "
                        + write.values().keySet().stream()
                                .map(column -> quote(column) + " = " + cast(column))
                                .collect(joining(", "))
                        + " WHERE " + key.at(),
                write.values());
        return updated > 0 ? updated : insert(write);
    }

    /** Not an upsert of the database: that asks a value of every NOT NULL column, even where the row is there. */
    private int insert(Write write) throws SQLException {
        List<String> columns = new ArrayList<>(write.values().keySet());
        String casts = columns.stream().map(column -> cast(column) + ", ").collect(joining());
        columns.addAll(move.key());
        return change(
                "INSERT INTO " + quote(move.table()) + " (" + quoteAll(columns) + ") VALUES (" + casts + key.given()
                        + ")",
                write.values());
    }

    private String cast(String column) {
        return Objects.requireNonNull(table.get(column)).given();
    }

    /** The values come before the key. */
    private int change(String sql, Map<String, Optional<String>> values) throws SQLException {
        try (PreparedStatement change = connection.prepareStatement(sql)) {
            int index = 1;
            for (Optional<String> value : values.values()) {
                change.setString(index++, value.orElse(null));
            }
            bindKey(change, index);
            return change.executeUpdate();
        }
    }

    /** One row of a query over the row's own table; empty: the row is not there. */
    Optional<List<Optional<String>>> read(List<String> expressions) throws SQLException {
        return read(expressions, "");
    }

    /** @param rest what follows the condition: another one, a lock */
    Optional<List<Optional<String>>> read(List<String> expressions, String rest) throws SQLException {
        return row("SELECT " + String.join(", ", expressions) + " FROM " + quote(move.table()) + " AS old WHERE "
                + key.at() + rest);
    }

    KeySql key() {
        return key;
    }

    private Optional<List<Optional<String>>> row(String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            bindKey(select, 1);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                List<Optional<String>> cells = new ArrayList<>();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    cells.add(Optional.ofNullable(row.getString(i)));
                }
                return Optional.of(cells);
            }
        }
    }

    private void bindKey(PreparedStatement statement, int from) throws SQLException {
        int index = from;
        for (String text : keyTexts) {
            statement.setString(index++, text);
        }
    }
}
