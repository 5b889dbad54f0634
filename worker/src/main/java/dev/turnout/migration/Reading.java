package dev.turnout.migration;

import java.util.List;

/** What came of reading a bundle: a spec that may run, or everything that is wrong with it. */
public sealed interface Reading {
    record Accepted(Spec spec) implements Reading {}

    /** @param problems at least one, in the order of files and lines */
    record Refused(List<Problem> problems) implements Reading {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /**
     * The spec, for those who read what has been accepted before.
     *
     * @throws IllegalStateException with every problem, when it is refused after all
     */
    default Spec orThrow() {
        if (this instanceof Accepted accepted) {
            return accepted.spec();
        }
        StringBuilder all = new StringBuilder("this spec cannot run:");
        ((Refused) this).problems().forEach(problem -> all.append('\n').append(problem));
        throw new IllegalStateException(all.toString());
    }
}
