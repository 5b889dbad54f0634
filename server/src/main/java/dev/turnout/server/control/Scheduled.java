package dev.turnout.server.control;

import dev.turnout.migration.Chore;
import dev.turnout.worker.monitor.ChoreBoard.Round;
import java.time.Instant;
import java.util.Optional;

/**
 * A chore and what its last round gave.
 *
 * @param dueAt business time of the next round
 */
public record Scheduled(long id, Chore chore, Instant dueAt, Optional<Round> latest) {}
