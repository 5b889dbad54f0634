package dev.turnout.migration;

import java.time.Duration;

/**
 * Scheduled SQL that belongs to the new side: upkeep or a look, never a judgement. It neither gates a rollout nor rolls one
 * back.
 *
 * @param interval business time between two runs
 * @param timeout of one statement, real time
 * @param sql one statement; {@code :now} is bound to the business instant
 * @param batches 0: it reads, and its rows are kept; else it writes, and is repeated while it changes rows, at most so often
 */
public record Chore(String name, Duration interval, Duration timeout, String sql, int batches) {
    public boolean writes() {
        return batches > 0;
    }
}
