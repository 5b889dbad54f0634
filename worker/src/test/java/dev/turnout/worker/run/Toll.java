package dev.turnout.worker.run;

import dev.turnout.migration.Side;
import java.util.EnumMap;
import java.util.Map;

/** What writers have done, so that a model test can show that it has tested anything. One thread at a time. */
final class Toll {
    /** Writes of committed transactions, by the side that took them. */
    final Map<Side, Integer> committed = new EnumMap<>(Side.class);

    /** Transactions that the application took back. */
    int rolledBack;

    /** Transactions that the database did not take, or took from somebody else, and that were tried again. */
    int repeated;

    void add(Toll other) {
        other.committed.forEach((side, writes) -> committed.merge(side, writes, Integer::sum));
        rolledBack += other.rolledBack;
        repeated += other.repeated;
    }

    @Override
    public String toString() {
        return committed + " writes committed, " + rolledBack + " transactions rolled back, " + repeated + " repeated";
    }
}
