package dev.turnout.worker.write;

/** The write cannot be done, now or later: its transaction is rolled back, and the application is told why. */
final class WriteRefused extends RuntimeException {
    private final transient Outcome outcome;

    WriteRefused(String because) {
        super(because, null, false, false);
        this.outcome = Outcome.refused(because);
    }

    Outcome outcome() {
        return outcome;
    }
}
