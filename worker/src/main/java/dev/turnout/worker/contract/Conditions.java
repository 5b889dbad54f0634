package dev.turnout.worker.contract;

import dev.turnout.migration.Contract;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** When the old side may be taken away. Pure. */
public final class Conditions {
    private Conditions() {}

    /**
     * What is known about the flag and the operator's part.
     *
     * @param fullSince business time since when the flag is at 100 % without an incident; empty when it is not
     * @param openIncidents unacknowledged
     * @param approvedBy empty until an operator approved
     * @param backup what the operator recorded; empty until then
     */
    public record Facts(
            Optional<Instant> fullSince, int openIncidents, Optional<String> approvedBy, Optional<String> backup) {}

    /** Every condition that does not hold yet, in words for operators; empty: go. */
    public static List<String> unmet(Contract contract, Facts facts, Instant now) {
        List<String> unmet = new ArrayList<>();
        unstable(contract.stable(), facts.fullSince(), now).ifPresent(unmet::add);
        // Whatever the spec says: with the old side goes the way back from what is not understood yet.
        if (facts.openIncidents() > 0) {
            unmet.add("no open incident: " + facts.openIncidents() + " to acknowledge");
        }
        if (contract.approved() && facts.approvedBy().isEmpty()) {
            unmet.add("approved: nobody has approved the contract yet");
        }
        if (contract.backup() && facts.backup().isEmpty()) {
            unmet.add("backup: none is on record");
        }
        return unmet;
    }

    private static Optional<String> unstable(Duration stable, Optional<Instant> fullSince, Instant now) {
        if (fullSince.isEmpty()) {
            return Optional.of("stable for " + words(stable) + ": the flag is not at 100 %");
        }
        Duration left = Duration.between(now, fullSince.get().plus(stable));
        return left.isNegative() || left.isZero()
                ? Optional.empty()
                : Optional.of(
                        "stable for " + words(stable) + ": since " + fullSince.get() + ", " + words(left) + " left");
    }

    /** The two largest units; a rest below the second counts as nothing, but never all of it. */
    private static String words(Duration duration) {
        if (duration.toDays() > 0) {
            return duration.toDays() + "d" + (duration.toHoursPart() > 0 ? " " + duration.toHoursPart() + "h" : "");
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + "h"
                    + (duration.toMinutesPart() > 0 ? " " + duration.toMinutesPart() + "m" : "");
        }
        return duration.toMinutes() > 0 ? duration.toMinutes() + "m" : Math.max(1, duration.toSeconds()) + "s";
    }
}
