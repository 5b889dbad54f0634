package dev.turnout.flags.guard;

/**
 * What one measurement counted on the two sides since the one before: units, each at most once.
 *
 * @param oldFailed at most {@code oldTotal}
 * @param newFailed at most {@code newTotal}
 */
public record Arms(int oldTotal, int oldFailed, int newTotal, int newFailed) {
    public static final Arms NONE = new Arms(0, 0, 0, 0);

    /** @throws IllegalArgumentException when more failed than there were, or a number is negative */
    public Arms {
        if (oldFailed < 0 || oldFailed > oldTotal || newFailed < 0 || newFailed > newTotal) {
            throw new IllegalArgumentException("more failed than there were: " + oldFailed + " of " + oldTotal
                    + " on the old side, " + newFailed + " of " + newTotal + " on the new");
        }
    }

    /** Of both; what goes beyond two thousand million counts no further. */
    Arms and(Arms more) {
        return new Arms(
                sum(oldTotal, more.oldTotal),
                sum(oldFailed, more.oldFailed),
                sum(newTotal, more.newTotal),
                sum(newFailed, more.newFailed));
    }

    private static int sum(int a, int b) {
        return (int) Math.min(Integer.MAX_VALUE, (long) a + b);
    }

    Counts counts() {
        return new Counts(oldTotal, oldFailed, newTotal, newFailed);
    }
}
