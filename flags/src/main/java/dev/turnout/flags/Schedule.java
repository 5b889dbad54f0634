package dev.turnout.flags;

import java.time.Instant;
import java.util.Optional;

/**
 * When a flag is on at all: from the opening, included, to the closing. Outside of it the flag answers as if it were
 * switched off.
 */
public record Schedule(Optional<Instant> opens, Optional<Instant> closes) {
    public static final Schedule ALWAYS = new Schedule(Optional.empty(), Optional.empty());

    public boolean always() {
        return opens.isEmpty() && closes.isEmpty();
    }

    public boolean openAt(Instant now) {
        return opens.filter(now::isBefore).isEmpty()
                && closes.filter(end -> !now.isBefore(end)).isEmpty();
    }
}
