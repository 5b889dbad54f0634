package dev.turnout.worker.verify;

import java.util.List;

/**
 * What the comparison of one range found.
 *
 * @param rows looked at
 * @param rejected of these, put aside and therefore not compared
 * @param differing of these, rows with a column that is not what the mapping says
 * @param repaired of these, rows that have been brought up to date since
 * @param samples the first differing values, at most {@link DifferenceQuery#SAMPLES} rows
 */
record Difference(long rows, long rejected, long differing, long repaired, List<Sample> samples) {
    Difference {
        samples = List.copyOf(samples);
    }

    Difference(long rows, long rejected, long differing, List<Sample> samples) {
        this(rows, rejected, differing, 0, samples);
    }

    /** @param after what a second comparison found, behind a repair */
    Difference repaired(Difference after) {
        return new Difference(rows, rejected, differing, Math.max(0, differing - after.differing), samples);
    }

    /** @param key as JSON; NULL is shown as {@code NULL} */
    record Sample(String key, String column, String expected, String found) {
        @Override
        public String toString() {
            return key + " " + column + ": expected " + expected + ", found " + found;
        }
    }
}
