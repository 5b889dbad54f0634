package dev.turnout.bench.guard;

import dev.turnout.flags.guard.Outcomes;

/** What five seconds of calls came to: as the guard is told of it, and as a rule that counts calls sees it. */
record Look(Outcomes oldSide, Outcomes newSide, Calls oldCalls, Calls newCalls) {
    record Calls(int all, int failed) {
        static final Calls NONE = new Calls(0, 0);

        Calls and(Calls more) {
            return new Calls(all + more.all, failed + more.failed);
        }

        Calls without(Calls less) {
            return new Calls(all - less.all, failed - less.failed);
        }

        double rate() {
            return all == 0 ? 0 : (double) failed / all;
        }
    }
}
