package dev.turnout.worker.backfill;

import dev.turnout.migration.Move;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Carrying;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.TransferSql;
import java.sql.Connection;
import java.sql.SQLException;

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
        TransferSql sql =
                TransferSql.of(connection, site.spec(), source.transfer().get());
        return new Lane.Road(
                source,
                key,
                new RangeInsert(sql, key, new Carrying(site, source.transfer().get())));
    }
}
