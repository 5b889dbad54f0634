package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;
import static dev.turnout.worker.jdbc.Identifiers.quoteAll;

import dev.turnout.migration.Move;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * An empty table like that of a move, for MySQL, whose temporary tables have no triggers and cannot be read twice in one
 * statement. Made and dropped by statements that commit; what a crash left of one is dropped by the next and by a rollback.
 * Its rows are written in transactions that are rolled back. Immutable.
 *
 * @param name of the table, in the database of the application: only there do triggers find what expressions name
 */
record Scratch(Site site, Move move, String name) implements AutoCloseable {
    /** @param purpose part of the name: there may be one per purpose at a time */
    static Scratch like(Site site, int ordinal, String purpose) throws SQLException {
        Move move = site.spec().moves().get(ordinal);
        String name = "turnout_" + purpose + "_" + site.run() + "_" + ordinal;
        SchemaChange.run(site, Limits.DDL, connection -> {
            Sql.run(connection, "DROP TABLE IF EXISTS " + quote(name));
            Sql.run(connection, "CREATE TABLE " + quote(name) + " LIKE " + quote(move.table()));
            return name;
        });
        return new Scratch(site, move, name);
    }

    String sql() {
        return quote(name);
    }

    /** The columns that a statement may write. */
    List<String> written(Connection connection) throws SQLException {
        return TableColumn.of(connection, move.table()).values().stream()
                .filter(column -> !column.generated())
                .map(TableColumn::name)
                .toList();
    }

    /** {@code INSERT … SELECT} of rows of the move's table, called {@code old}, as they are. */
    String copyOf(Connection connection, String from) throws SQLException {
        List<String> columns = written(connection);
        String values = columns.stream()
                .map(column -> "old." + quote(column))
                .collect(java.util.stream.Collectors.joining(", "));
        return "INSERT INTO " + sql() + " (" + quoteAll(columns) + ") SELECT " + values + " FROM " + from;
    }

    @Override
    public void close() throws SQLException {
        SchemaChange.run(site, Limits.DDL, connection -> {
            Sql.run(connection, "DROP TABLE IF EXISTS " + sql());
            return name;
        });
    }
}
