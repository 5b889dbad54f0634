package dev.turnout.worker.doctor;

/**
 * One thing that was looked at.
 *
 * @param subject what was looked at: {@code database clinic}
 * @param mend what to do; empty where all is well
 */
public record Finding(Level level, String subject, String what, String mend) {
    public enum Level {
        OK,
        /** Nothing stops for it; somebody should know. */
        WARNING,
        PROBLEM
    }

    public static Finding ok(String subject, String what) {
        return new Finding(Level.OK, subject, what, "");
    }

    public static Finding warning(String subject, String what, String mend) {
        return new Finding(Level.WARNING, subject, what, mend);
    }

    public static Finding problem(String subject, String what, String mend) {
        return new Finding(Level.PROBLEM, subject, what, mend);
    }
}
