package dev.turnout.flags.guard;

/** What can be bad about an outcome. */
public enum Metric {
    FAILURES("failed"),
    SLOW("were slow"),
    MISMATCHES("read different answers from the two sides");

    private final String verb;

    Metric(String verb) {
        this.verb = verb;
    }

    String verb() {
        return verb;
    }
}
