package dev.turnout.worker.backfill;

/**
 * The search for the bad row in a batch that failed on one: halves the batch until a single row is left. Ends when the
 * rows of the failed batch are past. Immutable.
 *
 * @param size rows to try next
 * @param left rows of the failed batch that are not past yet
 */
public record Search(int size, int left) {
    public static Search in(int failedBatch) {
        return new Search(Math.max(1, failedBatch / 2), failedBatch);
    }

    public boolean over() {
        return left <= 0;
    }

    public Search failed() {
        return new Search(Math.max(1, size / 2), left);
    }

    /** The tried rows went through: the bad one is among those that follow. */
    public Search passed() {
        return new Search(Math.min(size, Math.max(1, left - size)), left - size);
    }

    /** The single row was put aside; the rest gets one try as a whole. */
    public Search found() {
        return new Search(Math.max(1, left - 1), left - 1);
    }
}
