package dev.turnout.worker.backfill;

import java.time.Duration;

/**
 * How hard the backfill tries, as an operator set it last.
 *
 * @param batch how long a batch should last
 * @param lanes the most at once
 */
public record Effort(Duration batch, int lanes) {}
