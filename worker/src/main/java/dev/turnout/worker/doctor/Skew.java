package dev.turnout.worker.doctor;

import dev.turnout.worker.doctor.Finding.Level;
import java.time.Duration;
import java.time.Instant;

/** Judges how far two clocks are apart. Pure. */
public final class Skew {
    /** Leases and epochs go by one clock only; what people read and what a soak lasts would be off by as much. */
    private static final Duration NOTABLE = Duration.ofSeconds(2);
    /** Longer than a lease, and tokens and monitoring windows are off by it. */
    private static final Duration WRONG = Duration.ofSeconds(30);

    private Skew() {}

    /**
     * @param asked when the other clock was asked, by ours
     * @param answered when its answer was here
     */
    public static Finding of(String subject, Instant asked, Instant theirs, Instant answered) {
        // Somewhere between asking and answering the clock was read: only what lies outside counts.
        Duration apart = theirs.isBefore(asked)
                ? Duration.between(theirs, asked)
                : theirs.isAfter(answered) ? Duration.between(answered, theirs) : Duration.ZERO;
        String what = "its clock is "
                + (apart.isZero()
                        ? "ours"
                        : seconds(apart) + " s " + (theirs.isBefore(asked) ? "behind ours" : "ahead of ours"));
        Level level =
                apart.compareTo(WRONG) >= 0 ? Level.PROBLEM : apart.compareTo(NOTABLE) >= 0 ? Level.WARNING : Level.OK;
        String mend = level == Level.OK ? "" : "let both follow NTP: one of " + subject + " and this machine is wrong";
        return new Finding(level, subject, what, mend);
    }

    private static String seconds(Duration apart) {
        return String.valueOf(Math.round(apart.toMillis() / 100.0) / 10.0);
    }
}
