package dev.turnout.worker.verify;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.migration.ColumnRef;
import dev.turnout.migration.Move;
import dev.turnout.migration.Phase;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.bookkeeping.SchemaChange;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Blocked;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/**
 * Makes the new columns as strict as the spec wants them, without a scan under a lock: added NOT VALID, validated while
 * applications write, then taken over. Looks at the catalogue before each step, so it goes on wherever it was cut.
 * Stateless and thread-safe.
 */
final class Constraints {
    private Constraints() {}

    /** The next step, done, waited for or refused; empty when every constraint stands. */
    static Optional<Stride> next(Site site) throws SQLException {
        for (Move move : site.spec().moves()) {
            boolean mysql = site.database().dialect().mysql();
            for (String column : move.required()) {
                Optional<Stride> step =
                        mysql ? MySqlConstraints.required(site, move, column) : required(site, move, column);
                if (step.isPresent()) {
                    return step;
                }
            }
            for (var reference : move.references().entrySet()) {
                Optional<Stride> step = mysql
                        ? MySqlConstraints.reference(site, move, reference.getKey(), reference.getValue())
                        : reference(site, move, reference.getKey(), reference.getValue());
                if (step.isPresent()) {
                    return step;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Stride> required(Site site, Move move, String column) throws SQLException {
        String table = quote(move.table());
        String what = move.table() + "." + column + " NOT NULL";
        String check = checkName(site, column);
        Column now = site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            return column(connection, move.table(), column, check);
        });
        if (now.notNull()) {
            return now.check() == Check.MISSING
                    ? Optional.empty()
                    : Optional.of(ddl(site, what, "ALTER TABLE " + table + " DROP CONSTRAINT " + quote(check)));
        }
        long empty = site.database()
                .transaction(
                        Limits.SCAN,
                        connection -> count(
                                connection, "SELECT count(*) FROM " + table + " WHERE " + quote(column) + " IS NULL"));
        if (empty > 0) {
            return Optional.of(new Stride.Stop(
                    what + " needs a value in every row",
                    List.of(move.table() + "." + column + " is NULL in " + empty + " rows"),
                    "give these rows a value (those put aside are in turnout.rejected), then resume"));
        }
        return Optional.of(
                switch (now.check()) {
                    case MISSING ->
                        ddl(
                                site,
                                what,
                                "ALTER TABLE " + table + " ADD CONSTRAINT " + quote(check) + " CHECK (" + quote(column)
                                        + " IS NOT NULL) NOT VALID");
                    case NOT_VALID -> validate(site, what, table, check);
                    // The valid check spares SET NOT NULL its scan, so it must go in a statement of its own.
                    case VALID ->
                        ddl(
                                site,
                                what,
                                "ALTER TABLE " + table + " ALTER COLUMN " + quote(column) + " SET NOT NULL",
                                "ALTER TABLE " + table + " DROP CONSTRAINT " + quote(check));
                });
    }

    private static Optional<Stride> reference(Site site, Move move, String column, ColumnRef to) throws SQLException {
        String what = "the foreign key " + move.table() + "." + column + " to " + to;
        Optional<ForeignKey> key = site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            return foreignKey(connection, move.table(), column, to);
        });
        if (key.isEmpty()) {
            return Optional.of(ddl(
                    site,
                    what,
                    "ALTER TABLE " + quote(move.table()) + " ADD FOREIGN KEY (" + quote(column) + ") REFERENCES "
                            + quote(to.table()) + " (" + quote(to.column()) + ") NOT VALID"));
        }
        return key.get().valid()
                ? Optional.empty()
                : Optional.of(
                        validate(site, what, quote(move.table()), key.get().name()));
    }

    private static Stride ddl(Site site, String what, String... statements) throws SQLException {
        return change(site, what, Limits.DDL, statements);
    }

    /** Scans under a lock that lets applications read and write. */
    private static Stride validate(Site site, String what, String table, String constraint) throws SQLException {
        return change(site, what, Limits.SCAN, "ALTER TABLE " + table + " VALIDATE CONSTRAINT " + quote(constraint));
    }

    private static Stride change(Site site, String what, Limits limits, String... statements) throws SQLException {
        try {
            SchemaChange.logged(
                    site,
                    limits,
                    new SchemaLog.What(Phase.VERIFYING, 0, String.join("; ", statements), false),
                    connection -> {
                        try (Statement statement = connection.createStatement()) {
                            for (String sql : statements) {
                                statement.execute(sql);
                            }
                        }
                        return what;
                    });
            return new Stride.Again("making " + what, Progress.of(0, 1, "steps"));
        } catch (SQLException e) {
            return Blocked.instead(site.database(), "making " + what, e);
        }
    }

    /** Of this run alone: two columns may begin with the same 63 letters, so the name is a number. */
    private static String checkName(Site site, String column) {
        return "turnout_" + site.run() + "_" + Integer.toHexString(column.hashCode()) + "_required";
    }

    private enum Check {
        MISSING,
        NOT_VALID,
        VALID
    }

    private record Column(boolean notNull, Check check) {}

    private static Column column(Connection connection, String table, String column, String check) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT a.attnotnull, c.convalidated
                FROM pg_attribute a LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.conname = ?
                WHERE a.attrelid = CAST(? AS regclass) AND a.attname = ? AND NOT a.attisdropped""")) {
            select.setString(1, check);
            select.setString(2, quote(table));
            select.setString(3, column);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("the column " + table + "." + column + " is gone", "42703");
                }
                boolean notNull = row.getBoolean(1);
                boolean valid = row.getBoolean(2);
                return new Column(notNull, row.wasNull() ? Check.MISSING : valid ? Check.VALID : Check.NOT_VALID);
            }
        }
    }

    private record ForeignKey(String name, boolean valid) {}

    private static Optional<ForeignKey> foreignKey(Connection connection, String table, String column, ColumnRef to)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("""
                SELECT c.conname, c.convalidated FROM pg_constraint c
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
                JOIN pg_attribute r ON r.attrelid = c.confrelid AND c.confkey = ARRAY[r.attnum]
                WHERE c.contype = 'f' AND c.conrelid = CAST(? AS regclass) AND a.attname = ?
                  AND c.confrelid = CAST(? AS regclass) AND r.attname = ?""")) {
            select.setString(1, quote(table));
            select.setString(2, column);
            select.setString(3, quote(to.table()));
            select.setString(4, to.column());
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(new ForeignKey(row.getString(1), row.getBoolean(2))) : Optional.empty();
            }
        }
    }

    private static long count(Connection connection, String query) throws SQLException {
        try (Statement select = connection.createStatement();
                ResultSet row = select.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
