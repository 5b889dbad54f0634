package dev.turnout.worker.verify;

import dev.turnout.migration.Move;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.sync.Mapping;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Verifies one chunk and records when, and what came of it. Stateless and thread-safe. */
final class ChunkCheck {
    private ChunkCheck() {}

    static Difference run(Site site, Chunk chunk) throws SQLException {
        Move move = site.spec().moves().stream()
                .filter(candidate -> candidate.table().equals(chunk.table()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the spec moves no table " + chunk.table()));
        Instant before = site.clock().instant();
        Difference difference = compare(site, move, chunk);
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Chunks.verified(connection, chunk, before, difference.differing());
            return difference;
        });
        return difference;
    }

    private static Difference compare(Site site, Move move, Chunk chunk) throws SQLException {
        try {
            return site.database().transaction(Limits.SCAN, connection -> {
                KeySql key = KeySql.of(connection, move);
                DifferenceQuery query = new DifferenceQuery(site, Mapping.of(connection, move), key);
                return query.run(connection, key.table(), chunk.range());
            });
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            // Some row of the range makes the mapping fail and is not put aside: that cannot be called right.
            return new Difference(
                    0,
                    0,
                    1,
                    List.of(new Difference.Sample(
                            chunk.range().toString(), "of some row", "a value", String.valueOf(e.getMessage()))));
        }
    }

    /** Lines for operators: what differs where. */
    static List<String> problems(Chunk chunk, Difference difference) {
        return difference.samples().stream()
                .map(sample -> chunk.table() + " " + sample)
                .toList();
    }
}
