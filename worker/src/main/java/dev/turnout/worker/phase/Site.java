package dev.turnout.worker.phase;

import dev.turnout.migration.Side;
import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.Database;
import java.time.Clock;
import java.util.Optional;

/**
 * Where a stride works. Immutable.
 *
 * @param run number of the run, unique for ever; names the objects it makes
 * @param epoch the fencing token of whoever drives the run; a write under an older epoch changes nothing
 * @param lane which of the run's parallel strides this is, from 0; one lane never runs twice at once
 * @param worker name of the process, for leases and logs
 * @param database of the old side, with the run's bookkeeping
 * @param target of the new side; empty: both sides are in one database
 * @param clock business time
 */
public record Site(
        Spec spec,
        long run,
        long epoch,
        int lane,
        String worker,
        Database database,
        Optional<Database> target,
        Clock clock) {
    /** Both sides in one database. */
    public Site(Spec spec, long run, long epoch, int lane, String worker, Database database, Clock clock) {
        this(spec, run, epoch, lane, worker, database, Optional.empty(), clock);
    }

    /** Where a side is. */
    public Database database(Side side) {
        return side == Side.OLD ? database : target.orElse(database);
    }

    /** The same with another side's database in the place of the old one: for work that knows one database only. */
    public Site at(Side side) {
        return new Site(spec, run, epoch, lane, worker, database(side), target, clock);
    }
}
