package dev.turnout.worker.phase;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** How one bounded piece of a phase went. */
public sealed interface Stride {
    /** For operators: what was done or what is waited for. Never empty. */
    String because();

    /** The phase is complete; {@code report} is kept with the run (counts, distributions; JSON values). */
    record Done(String because, Map<String, Object> report) implements Stride {
        public Done(String because) {
            this(because, Map.of());
        }
    }

    /** More to do at once. */
    record Again(String because, Progress progress) implements Stride {}

    /** Nothing can be done now; try again after a real pause. The reason is a throttle or a blocker, named. */
    record Wait(Duration pause, String because) implements Stride {}

    /** This lane has nothing to do for a while, and others go on: nothing that an operator waits for. */
    record Rest(Duration pause, String because) implements Stride {}

    /** The phase cannot go on without an operator; nothing is half-done. What was found is kept with the run. */
    record Stop(String because, List<String> problems, String nextAction, Map<String, Object> report)
            implements Stride {
        public Stop {
            problems = List.copyOf(problems);
        }

        public Stop(String because, List<String> problems, String nextAction) {
            this(because, problems, nextAction, Map.of());
        }
    }
}
