package dev.turnout.worker.backfill;

import dev.turnout.migration.Side;
import java.time.Instant;

/**
 * A row that is put aside, as operators see it.
 *
 * @param side in whose database it is, and from which it cannot cross
 * @param id in the order in which rows were put aside there
 * @param table the move's name
 * @param key column to value, JSON
 * @param phase SYNC: an application wrote it; BACKFILL: it was there before
 * @param at real time
 */
public record RejectedRow(
        Side side, long id, String table, String key, String phase, String sqlstate, String message, Instant at) {}
