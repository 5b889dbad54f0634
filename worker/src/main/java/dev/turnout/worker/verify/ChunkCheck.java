package dev.turnout.worker.verify;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Coverage;
import dev.turnout.worker.backfill.KeySql;
import dev.turnout.worker.backfill.LookAgain;
import dev.turnout.worker.backfill.Source;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.remote.RemoteCheck;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.sync.TransferSql;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Verifies one chunk and records when, and what came of it. Stateless and thread-safe. */
final class ChunkCheck {
    private ChunkCheck() {}

    /** @param demand the newest of an operator that is known by now; 0: none */
    static Difference run(Site site, Chunk chunk, long demand) throws SQLException {
        if (RemoteCheck.carries(site, chunk.table())) {
            return remote(site, chunk, demand);
        }
        Source source = Source.named(site.spec(), chunk.table());
        Instant before = site.clock().instant();
        Difference difference = compare(site, source, chunk);
        if (difference.differing() > 0 && LookAgain.concerns(site, source)) {
            LookAgain.of(site, source);
            difference = compare(site, source, chunk);
            if (difference.differing() > 0 && LookAgain.waits(site, source)) {
                // Which of them is still to be looked at is not told: the chunk is not marked, and has its turn again.
                return new Difference(difference.rows(), difference.rejected(), 0, List.of());
            }
        }
        if (difference.differing() > 0 && source.transfer().isPresent()) {
            Repair.run(site, source, chunk);
            difference = difference.repaired(compare(site, source, chunk));
        }
        Difference found = difference;
        site.database().transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            // Of a row that was repaired as well: who wrote it past the triggers may do so again.
            Coverage.verified(connection, chunk, before, found.differing(), demand);
            return found;
        });
        return found;
    }

    /** A chunk with rows whose changes are on their way is not marked: it has its turn again. */
    private static Difference remote(Site site, Chunk chunk, long demand) throws SQLException {
        Instant before = site.clock().instant();
        RemoteCheck.Finding found = RemoteCheck.run(site, chunk);
        if (found.undecided() == 0) {
            if (found.differing() > 0) {
                RemoteCheck.repair(site, chunk, found);
            }
            site.database().transaction(Limits.BOOKKEEPING, connection -> {
                Bookkeeping.fence(connection, site);
                Coverage.verified(connection, chunk, before, found.differing(), demand);
                return found;
            });
        }
        return new Difference(
                found.rows(),
                found.rejected(),
                found.differing(),
                found.samples().stream()
                        .map(sample ->
                                new Difference.Sample(sample.key(), sample.column(), sample.expected(), sample.found()))
                        .toList());
    }

    private static Difference compare(Site site, Source source, Chunk chunk) throws SQLException {
        try {
            return site.database().transaction(Limits.SCAN, settings(site), connection -> {
                KeySql key = KeySql.of(connection, source);
                if (source.transfer().isPresent()) {
                    SearchPath.of(connection, site.spec(), Side.OLD);
                    TransferSql sql = TransferSql.of(
                            connection, site.spec(), source.transfer().get());
                    return new TransferQuery(site, source, sql, key).run(connection, chunk.range());
                }
                return new DifferenceQuery(site, Mapping.of(connection, move(site, source)), key)
                        .run(connection, key.table(), chunk.range());
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

    /** Plans are made for the very bounds; to compile a statement of a tenth of a second costs more than it gives. */
    private static Map<String, String> settings(Site site) {
        return site.database().dialect().mysql()
                ? Map.of()
                : Map.of("plan_cache_mode", "force_custom_plan", "jit", "off");
    }

    private static Move move(Site site, Source source) {
        return site.spec().moves().stream()
                .filter(candidate -> candidate.table().equals(source.name()))
                .findFirst()
                .orElseThrow();
    }

    /** Lines for operators: what differs where. */
    static List<String> problems(Chunk chunk, Difference difference) {
        Stream<String> repaired = difference.repaired() == 0
                ? Stream.of()
                : Stream.of(difference.repaired() + " of " + difference.differing() + " rows of " + chunk.table()
                        + " have been repaired; who wrote them past the triggers may do so again");
        return Stream.concat(repaired, difference.samples().stream().map(sample -> chunk.table() + " " + sample))
                .toList();
    }
}
