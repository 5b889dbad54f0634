package dev.turnout.server.demo;

import dev.turnout.flags.Bucket;
import dev.turnout.flags.Weight;

/** A version of the new code as it is deployed. */
enum Release {
    GOOD(0),
    /** Its slot picker fails for four patients in ten, after the write and before the commit. */
    BAD(40);

    private final int failingPercent;

    Release(int failingPercent) {
        this.failingPercent = failingPercent;
    }

    /** Always the same patients: a bug looks at somebody's data, it does not throw dice. */
    void pickSlot(String patient) {
        if (Bucket.of("slot picker", patient) < failingPercent * (Weight.WHOLE / 100)) {
            throw new SlotPickerFailed(patient);
        }
    }

    static final class SlotPickerFailed extends RuntimeException {
        SlotPickerFailed(String patient) {
            super("no slot found for " + patient);
        }
    }
}
