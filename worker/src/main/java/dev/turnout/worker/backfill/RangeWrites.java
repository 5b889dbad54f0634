package dev.turnout.worker.backfill;

import dev.turnout.migration.Move;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.jdbc.Dialect;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Carrying;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.TransferSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/** Which write belongs to which kind of move. */
final class RangeWrites {
    private RangeWrites() {}

    static Lane.Road road(Connection connection, Site site, Source source) throws SQLException {
        KeySql key = KeySql.of(connection, source);
        if (source.transfer().isEmpty()) {
            Move move = site.spec().moves().stream()
                    .filter(candidate -> candidate.table().equals(source.name()))
                    .findFirst()
                    .orElseThrow();
            return new Lane.Road(source, key, new RangeUpdate(Mapping.of(connection, move), key));
        }
        Transfer transfer = source.transfer().get();
        TransferSql sql = TransferSql.of(connection, site.spec(), transfer);
        return new Lane.Road(
                source,
                key,
                new RangeInsert(sql, key, new Carrying(site, transfer), rivals(connection, site, transfer)));
    }

    /**
     * Whether a row may find its place taken by one with another key. A key that is made unique only later has the sweep
     * find what is missing.
     */
    private static boolean rivals(Connection connection, Site site, Transfer transfer) throws SQLException {
        if (!Dialect.of(connection).mysql()) {
            return false;
        }
        TableName into = site.spec().into(transfer);
        return Sql.rows(connection, """
                        SELECT group_concat(column_name SEPARATOR '/') FROM information_schema.statistics
                        WHERE table_schema = coalesce(nullif(?, ''), database()) AND table_name = ? AND non_unique = 0
                        GROUP BY index_name""", into.schema().orElse(""), into.table()).stream()
                .anyMatch(index -> !Set.of(index.get(0).split("/", -1)).equals(Set.copyOf(transfer.as())));
    }
}
