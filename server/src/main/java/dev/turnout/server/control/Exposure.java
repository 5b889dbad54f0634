package dev.turnout.server.control;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import java.time.Instant;
import java.util.Optional;

/**
 * A flag, and since when it sends as many units to the new side as it does.
 *
 * @param increasedAt business time of the last change that may have sent more of them there; empty: there was none
 */
public record Exposure(Flag flag, Optional<Instant> increasedAt) {
    /** Whether the change from the one to the other may send more units to the new side. */
    static boolean grows(Flag before, Flag after) {
        return after.newSide().compareTo(before.newSide()) > 0
                || after.weight().compareTo(before.weight()) > 0
                || (after.live()
                        && !(before.live()
                                && after.targeting().equals(before.targeting())
                                && after.stage().equals(before.stage())
                                && after.seed().equals(before.seed())
                                && after.split()
                                        .bucketBy()
                                        .equals(before.split().bucketBy())));
    }

    /** Whether anybody may be on the new side, or a stage on the way there, by the split or by a rule. */
    public boolean anybody() {
        return !flag.newSide().equals(Weight.NONE)
                || (flag.live()
                        && !(flag.weight().equals(Weight.NONE)
                                && flag.targeting().rules().isEmpty()));
    }
}
