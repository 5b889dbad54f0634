package dev.turnout.migration;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the old side is taken away, and when it may be.
 *
 * @param stable business time at 100 % without an incident
 * @param approved an operator must approve
 * @param backup an operator must have recorded a backup
 * @param noOpenIncident the spec says so; an unacknowledged incident of the flag always locks the contract
 */
public record Contract(
        Duration stable, boolean approved, boolean backup, boolean noOpenIncident, List<ContractStep> steps) {
    public Contract {
        steps = List.copyOf(steps);
    }

    /**
     * One step.
     *
     * @param concurrently each statement runs alone, outside a transaction (CREATE INDEX CONCURRENTLY)
     * @param irreversible the point of no return lies before this step; a reversible one has an undo
     * @param verify query to the text of the one value it must give
     * @param on the side that it changes
     * @param pause what lies between the step before and this one
     */
    public record ContractStep(
            String file,
            String sql,
            Optional<String> undo,
            Map<String, String> verify,
            boolean concurrently,
            boolean irreversible,
            Side on,
            Pause pause) {
        public ContractStep {
            verify = Ordered.copy(verify);
        }

        /** On the old side. */
        public ContractStep(
                String file,
                String sql,
                Optional<String> undo,
                Map<String, String> verify,
                boolean concurrently,
                boolean irreversible) {
            this(file, sql, undo, verify, concurrently, irreversible, Side.OLD, Pause.NONE);
        }

        /** The sync triggers go before this step, since after it old and new need not say the same any more. */
        public boolean endsSync() {
            return irreversible || pause.endsSync();
        }

        public String title() {
            return "run " + file;
        }
    }

    /**
     * @param endsSync a reversible step that takes something from the old side: the sync triggers must not answer it
     * @param calm business time that must have passed since the step before
     */
    public record Pause(boolean endsSync, Duration calm) {
        public static final Pause NONE = new Pause(false, Duration.ZERO);
    }
}
