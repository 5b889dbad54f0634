package dev.turnout.bench;

import java.util.ArrayList;
import java.util.List;

/** A range of keys. Half-open: {@code lo < id <= hi}. */
record Range(long lo, long hi) {
    /** The chunks of so many rows. */
    static List<Range> chunks(long rows) {
        List<Range> chunks = new ArrayList<>();
        for (long lo = 0; lo < rows; lo += Rig.CHUNK_ROWS) {
            chunks.add(new Range(lo, Math.min(rows, lo + Rig.CHUNK_ROWS)));
        }
        return chunks;
    }
}
