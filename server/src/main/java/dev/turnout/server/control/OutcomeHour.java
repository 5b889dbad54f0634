package dev.turnout.server.control;

import dev.turnout.flags.stage.Side;
import java.time.Instant;

/** What one side met within an hour of business time. */
public record OutcomeHour(Instant hour, Side side, OutcomeReport.Totals totals) {}
