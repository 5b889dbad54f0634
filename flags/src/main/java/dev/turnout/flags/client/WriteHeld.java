package dev.turnout.flags.client;

import java.time.Duration;

/** A write did not begin, because other applications may still write its unit in the other order: try again later. */
public final class WriteHeld extends RuntimeException {
    private static final long serialVersionUID = 1;

    WriteHeld(String flag, Duration waited) {
        super("the unit is changing sides of the flag " + flag + ", and not every application has followed within "
                + waited.toMillis() + " ms; nothing was written, try again");
    }
}
