package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.ColumnRef;
import dev.turnout.migration.Move;
import dev.turnout.migration.Phase;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.jdbc.ColumnSql;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.TableColumn;
import dev.turnout.worker.jdbc.Work;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Makes new columns as strict as the spec wants them on MySQL, online or not at all: what would copy the table under a lock
 * (ALGORITHM=COPY) is refused by the server. Stateless and thread-safe.
 */
final class MySqlConstraints {
    private static final String ONLINE = ", ALGORITHM=INPLACE, LOCK=NONE";

    private MySqlConstraints() {}

    static Optional<Stride> required(Site site, Move move, String name) throws SQLException {
        String what = move.table() + "." + name + " NOT NULL";
        TableColumn column = site.database().transaction(Limits.BOOKKEEPING, connection -> Optional.ofNullable(
                        TableColumn.of(connection, move.table()).get(name))
                .orElseThrow(() -> new SQLException("the column " + move.table() + "." + name + " is gone", "42703")));
        if (column.notNull()) {
            return Optional.empty();
        }
        long empty = count(site, "SELECT count(*) FROM " + quote(move.table()) + " WHERE " + quote(name) + " IS NULL");
        if (empty > 0) {
            return Optional.of(new Stride.Stop(
                    what + " needs a value in every row",
                    List.of(move.table() + "." + name + " is NULL in " + empty + " rows"),
                    "give these rows a value (those put aside are in turnout.rejected), then resume"));
        }
        return Optional.of(change(site, what, connection -> {
            Sql.statement(
                    connection,
                    "ALTER TABLE " + quote(move.table()) + " "
                            + ColumnSql.modify(connection, move.table(), column, true) + ONLINE);
            return column;
        }));
    }

    /**
     * Online only without a look at the rows that are there, so these are counted before and, as from then on every write is
     * checked, once more after.
     */
    static Optional<Stride> reference(Site site, Move move, String column, ColumnRef to) throws SQLException {
        String what = "the foreign key " + move.table() + "." + column + " to " + to;
        if (standing(site, move, column, to)) {
            return Optional.empty();
        }
        String orphans = "SELECT count(*) FROM " + quote(move.table()) + " AS a LEFT JOIN " + quote(to.table())
                + " AS b ON a." + quote(column) + " = b." + quote(to.column()) + " WHERE a." + quote(column)
                + " IS NOT NULL AND b." + quote(to.column()) + " IS NULL";
        long before = count(site, orphans);
        if (before > 0) {
            return Optional.of(orphaned(what, before));
        }
        String name = "turnout_" + site.run() + "_" + Integer.toHexString((move.table() + "." + column).hashCode());
        Stride made = change(site, what, connection -> {
            Sql.statement(connection, "SET foreign_key_checks = 0");
            Sql.statement(
                    connection,
                    "ALTER TABLE " + quote(move.table()) + " ADD CONSTRAINT " + quote(name) + " FOREIGN KEY ("
                            + quote(column) + ") REFERENCES " + quote(to.table()) + " (" + quote(to.column()) + ")"
                            + ONLINE);
            Sql.statement(connection, "SET foreign_key_checks = 1");
            return name;
        });
        if (!(made instanceof Stride.Again)) {
            return Optional.of(made);
        }
        long after = count(site, orphans);
        if (after > 0) {
            change(site, what, connection -> {
                Sql.statement(connection, "ALTER TABLE " + quote(move.table()) + " DROP FOREIGN KEY " + quote(name));
                return name;
            });
            return Optional.of(orphaned(what, after));
        }
        return Optional.of(made);
    }

    private static Stride.Stop orphaned(String what, long rows) {
        return new Stride.Stop(
                what + " does not hold",
                List.of(rows + " rows refer to one that does not exist"),
                "mend these rows, then resume");
    }

    private static boolean standing(Site site, Move move, String column, ColumnRef to) throws SQLException {
        return site.database().transaction(Limits.BOOKKEEPING, connection -> !Sql.rows(
                        connection, """
                        SELECT 1 FROM information_schema.key_column_usage
                        WHERE table_schema = database() AND table_name = ? AND column_name = ?
                          AND referenced_table_schema = database() AND referenced_table_name = ?
                          AND referenced_column_name = ?""", move.table(), column, to.table(), to.column())
                .isEmpty());
    }

    private static Stride change(Site site, String what, Work<?> change) throws SQLException {
        try {
            SchemaChange.logged(
                    site, Limits.SCAN, new SchemaLog.What(Phase.VERIFYING, 0, "make " + what, false), change);
            return new Stride.Again("making " + what, Progress.of(0, 1, "steps"));
        } catch (SQLException e) {
            if (Failure.of(e).transientLike()) {
                return Blocked.instead(site.database(), "making " + what, e);
            }
            return new Stride.Stop(
                    "making " + what + " failed",
                    List.of(e.getSQLState() + ": " + Failure.words(e)),
                    "mend what the message names and resume; what cannot be done online is refused");
        }
    }

    private static long count(Site site, String query) throws SQLException {
        return site.database()
                .transaction(
                        Limits.SCAN,
                        connection ->
                                Long.parseLong(Sql.value(connection, query).orElse("0")));
    }
}
