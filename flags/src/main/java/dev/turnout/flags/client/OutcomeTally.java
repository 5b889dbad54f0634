package dev.turnout.flags.client;

import java.util.BitSet;
import java.util.List;

/** What calls on one side came to. Units are known by their bucket only. For one thread at a time. */
final class OutcomeTally {
    private long calls;
    private long failures;
    private long slow;
    private long mismatches;
    private final BitSet exposed = new BitSet();
    private final BitSet failed = new BitSet();
    private final BitSet slowed = new BitSet();
    private final BitSet mismatched = new BitSet();

    void add(int bucket, Outcome outcome) {
        calls++;
        exposed.set(bucket);
        if (outcome.failed()) {
            failures++;
            failed.set(bucket);
        }
        if (outcome.slow()) {
            slow++;
            slowed.set(bucket);
        }
        if (outcome.mismatched()) {
            mismatches++;
            mismatched.set(bucket);
        }
    }

    /** As the server reads it. */
    Wire wire() {
        return new Wire(
                calls, failures, slow, mismatches, listed(exposed), listed(failed), listed(slowed), listed(mismatched));
    }

    private static List<Integer> listed(BitSet buckets) {
        return buckets.stream().boxed().toList();
    }

    record Wire(
            long calls,
            long failures,
            long slow,
            long mismatches,
            List<Integer> exposed,
            List<Integer> failed,
            List<Integer> slowed,
            List<Integer> mismatched) {}
}
