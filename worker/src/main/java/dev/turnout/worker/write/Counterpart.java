package dev.turnout.worker.write;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;

import dev.turnout.migration.Move;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.TableColumn;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The row of the new table that belongs to one of the old table, perhaps on another server: brought to what the old side
 * holds <em>now</em>, whatever the write was, so that a repetition is harmless. Blocks.
 *
 * <p>The old row is locked against change from the read to the other side's commit, so what is written there is never older
 * than what somebody else may have written meanwhile. A row that is not there cannot be locked: it is looked for again
 * after the other side's commit.
 *
 * @param row the old table as a move
 * @param key of the old row, spelled as its database does
 */
record Counterpart(Database authority, Database other, Transfer transfer, Move row, Map<String, String> key) {
    private static final int LOOKS = 5;

    /** @throws SQLException also when the row is made and deleted again all the time */
    void refresh(Limits limits) throws SQLException {
        authority.transaction(limits, connection -> {
            Optional<List<Optional<String>>> now = read(connection);
            for (int look = 1; look <= LOOKS; look++) {
                write(connection, limits, now);
                if (now.isPresent()) {
                    return now;
                }
                now = read(connection);
                if (now.isEmpty()) {
                    return now;
                }
            }
            throw new SQLException("the row comes and goes", "40001");
        });
    }

    /** The values of the new row as texts, in the order of {@code up}; empty: there must be none. */
    private Optional<List<Optional<String>>> read(Connection connection) throws SQLException {
        Dialect dialect = authority.dialect();
        List<String> values = transfer.up().values().stream()
                .map(up -> dialect.asText("(" + KeySql.verbatim(up) + ")"))
                .toList();
        String where = transfer.where()
                .map(condition -> " AND (" + KeySql.verbatim(condition) + ")")
                .orElse("");
        return RowSql.of(connection, row, key).read(values, where + " " + dialect.shareLock());
    }

    /** On one server in the same transaction: a trigger of the new table may come back to the old row. */
    private void write(Connection here, Limits limits, Optional<List<Optional<String>>> now) throws SQLException {
        if (other == authority) {
            write(here, now);
        } else {
            other.transaction(limits, there -> write(there, now));
        }
    }

    private int write(Connection connection, Optional<List<Optional<String>>> now) throws SQLException {
        Map<String, TableColumn> table =
                TableColumn.of(connection, transfer.into().table());
        return now.isPresent() ? upsert(connection, table, now.get()) : delete(connection, table);
    }

    private int upsert(Connection connection, Map<String, TableColumn> table, List<Optional<String>> values)
            throws SQLException {
        List<String> columns = List.copyOf(transfer.up().keySet());
        String into = quote(transfer.into().table());
        List<String> replaced = columns.stream()
                .filter(column -> !transfer.as().contains(column))
                .toList();
        List<String> casts = new ArrayList<>();
        for (String column : columns) {
            casts.add(cast(table, column));
        }
        String sql = "INSERT INTO " + into + " (" + quoteAll(columns) + ") VALUES (" + String.join(", ", casts) + ")"
                + other.dialect().upsert(into, transfer.as(), replaced);
        return change(connection, sql, values);
    }

    private int delete(Connection connection, Map<String, TableColumn> table) throws SQLException {
        List<Optional<String>> values = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        for (String column : transfer.as()) {
            Optional<String> from = transfer.keyColumn(column);
            conditions.add(quote(column) + " = " + (from.isPresent() ? cast(table, column) : constant(column)));
            from.ifPresent(keyColumn -> values.add(Optional.of(Objects.requireNonNull(key.get(keyColumn)))));
        }
        return change(
                connection,
                "DELETE FROM " + quote(transfer.into().table()) + " WHERE " + String.join(" AND ", conditions),
                values);
    }

    private String constant(String column) {
        return KeySql.verbatim(Objects.requireNonNull(transfer.up().get(column)));
    }

    private String cast(Map<String, TableColumn> table, String column) throws SQLException {
        TableColumn found = table.get(column);
        if (found == null) {
            throw new SQLException(transfer.into() + " has no column " + column, "42703");
        }
        return found.given();
    }

    private static int change(Connection connection, String sql, List<Optional<String>> values) throws SQLException {
        try (PreparedStatement change = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                change.setString(i + 1, values.get(i).orElse(null));
            }
            return change.executeUpdate();
        }
    }
}
