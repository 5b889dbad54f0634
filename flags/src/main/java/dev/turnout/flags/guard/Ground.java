package dev.turnout.flags.guard;

import java.time.Instant;
import java.util.Optional;

/**
 * What counts belong to: units change sides when the flag takes another shape, and what was reported under an older one
 * says nothing of this one.
 *
 * @param shape whatever decides who is on which side, as a text to be compared; empty before the first look
 * @param sinceVersion of the flag when the shape was first seen; older reports are to be passed over
 * @param heardAt business time of the last look that brought units; empty when none has on this shape
 */
public record Ground(String shape, long sinceVersion, Optional<Instant> heardAt) {
    static final Ground NONE = new Ground("", 0, Optional.empty());

    Ground heard(Instant now) {
        return new Ground(shape, sinceVersion, Optional.of(now));
    }
}
