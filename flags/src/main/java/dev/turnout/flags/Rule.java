package dev.turnout.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Answers for the subjects for which all its clauses hold; without a clause, for all.
 *
 * @param name what people call it; may be empty
 * @param when checked, like the rest, by the {@link Flag} that holds it
 */
public record Rule(String name, List<Clause> when, Serve serve) {
    static final int MOST_CLAUSES = 20;

    public Rule {
        when = List.copyOf(when);
    }

    List<String> problems(String flag, Set<String> variants) {
        List<String> problems = new ArrayList<>(serve.problems(variants));
        if (name.length() > 200) {
            problems.add("has a name of " + name.length() + " characters: 200 at most");
        }
        if (when.size() > MOST_CLAUSES) {
            problems.add("has " + when.size() + " clauses: " + MOST_CLAUSES + " at most");
        }
        for (Clause clause : when) {
            try {
                // A strategy that is not installed is no problem of the flag: the process that answers may have it.
                Strategies.installed().condition(flag, clause);
            } catch (IllegalArgumentException e) {
                problems.add(clause.strategy() + ": " + e.getMessage());
            }
        }
        return problems;
    }
}
