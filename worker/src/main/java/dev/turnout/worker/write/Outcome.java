package dev.turnout.worker.write;

/**
 * What came of a write, for good.
 *
 * @param sqlState of the refusal; empty where the database did not refuse
 * @param because for the application; the database's own words may name values
 */
public record Outcome(Verdict verdict, String sqlState, String because) {
    private static final int LONGEST = 2000;

    public Outcome {
        because = because.length() <= LONGEST ? because : because.substring(0, LONGEST - 1) + "…";
    }

    public enum Verdict {
        /** Every side that takes writes now holds it. */
        APPLIED,
        /** The authority holds it; the other side cannot take the row until somebody mends it. */
        ASIDE,
        /** Nothing was written. */
        REFUSED
    }

    static Outcome applied(String because) {
        return new Outcome(Verdict.APPLIED, "", because);
    }

    static Outcome aside(String because) {
        return new Outcome(Verdict.ASIDE, "", because);
    }

    static Outcome refused(String because) {
        return new Outcome(Verdict.REFUSED, "", because);
    }
}
