package dev.turnout.flags;

import java.util.List;

/** A flag that cannot be: tells every problem at once. */
public final class FlagProblems extends IllegalArgumentException {
    private final transient List<String> problems;

    public FlagProblems(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** At least one, each a sentence that says what to mend. */
    public List<String> problems() {
        return problems;
    }
}
