package dev.turnout.server.control;

import dev.turnout.migration.Phase;
import java.time.Instant;

/** A line of a run's history. */
public record PhaseChange(Instant at, Phase from, Phase to, String because) {}
