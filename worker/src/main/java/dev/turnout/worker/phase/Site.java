package dev.turnout.worker.phase;

import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.Database;
import java.time.Clock;

/**
 * Where a stride works. Immutable.
 *
 * @param run number of the run, unique for ever; names the objects it makes
 * @param epoch the fencing token of whoever drives the run; a write under an older epoch changes nothing
 * @param lane which of the run's parallel strides this is, from 0; one lane never runs twice at once
 * @param worker name of the process, for leases and logs
 * @param clock business time
 */
public record Site(Spec spec, long run, long epoch, int lane, String worker, Database database, Clock clock) {}
