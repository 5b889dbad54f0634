package dev.turnout.server.demo;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what the application's calls came to, by flag version and arm, until a report takes the counts. Thread-safe. */
final class Outcomes {
    private final Map<Long, Map<Arm, Tally>> tallies = new TreeMap<>();
    private long failures;

    /** What a call came to. */
    enum Outcome {
        FINE,
        FAILED,
        /** The two sides, or the ledger and a side, say different things. */
        MISMATCHED
    }

    /** Of one arm under one version of the flag. Units are known by their bucket only. */
    static final class Tally {
        long calls;
        long failures;
        long mismatches;
        final BitSet exposed = new BitSet();
        final BitSet failed = new BitSet();
        final BitSet mismatched = new BitSet();
    }

    synchronized void add(FlagClient.Answer answer, Outcome outcome) {
        Tally tally = tallies.computeIfAbsent(answer.version(), version -> new EnumMap<>(Arm.class))
                .computeIfAbsent(answer.arm(), arm -> new Tally());
        tally.calls++;
        tally.exposed.set(answer.bucket());
        switch (outcome) {
            case FINE -> {}
            case FAILED -> {
                tally.failures++;
                tally.failed.set(answer.bucket());
                failures++;
            }
            case MISMATCHED -> {
                tally.mismatches++;
                tally.mismatched.set(answer.bucket());
            }
        }
    }

    /** The counts since the last time, by version of the flag; the caller owns them. */
    synchronized Map<Long, Map<Arm, Tally>> take() {
        Map<Long, Map<Arm, Tally>> taken = new TreeMap<>(tallies);
        tallies.clear();
        return taken;
    }

    /** Failed calls since the application started. */
    synchronized long failures() {
        return failures;
    }
}
