package dev.turnout.worker.backfill;

import java.util.List;
import java.util.Optional;

/**
 * A range of a table's keys, the unit that is leased, resumed and verified. Immutable.
 *
 * @param watermark rows up to this key are done; empty: none
 * @param rowsDone rows looked at so far, whether or not they had to change
 */
public record Chunk(long id, String table, int seq, KeyRange range, Optional<List<String>> watermark, long rowsDone) {
    /** What is still to do. */
    public KeyRange rest() {
        return watermark.map(range::above).orElse(range);
    }
}
