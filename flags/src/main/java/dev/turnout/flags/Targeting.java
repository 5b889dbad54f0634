package dev.turnout.flags;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is asked before the split: the schedule, the prerequisites, then the rules in their order. Checked by the
 * {@link Flag} that holds it.
 */
public record Targeting(Schedule schedule, List<Prerequisite> prerequisites, List<Rule> rules) {
    /** The split alone decides. */
    public static final Targeting NONE = new Targeting(Schedule.ALWAYS, List.of(), List.of());

    private static final int MOST_RULES = 100;
    private static final int MOST_PREREQUISITES = 10;

    public Targeting {
        prerequisites = List.copyOf(prerequisites);
        rules = List.copyOf(rules);
    }

    List<String> problems(String flag, Set<String> variants) {
        List<String> problems = new ArrayList<>();
        Optional<Instant> opens = schedule.opens();
        if (opens.isPresent()
                && schedule.closes().filter(end -> !opens.get().isBefore(end)).isPresent()) {
            problems.add(
                    "the schedule closes at " + schedule.closes().get() + ", not after it opens at " + opens.get());
        }
        if (rules.size() > MOST_RULES) {
            problems.add("a flag has at most " + MOST_RULES + " rules, not " + rules.size());
        }
        if (prerequisites.size() > MOST_PREREQUISITES) {
            problems.add("a flag has at most " + MOST_PREREQUISITES + " prerequisites, not " + prerequisites.size());
        }
        Set<String> required = new HashSet<>();
        for (Prerequisite prerequisite : prerequisites) {
            String other = prerequisite.flag();
            if (!Flag.isKey(other)) {
                problems.add("the prerequisite '" + other + "' is no key of a flag");
            }
            if (other.equals(flag)) {
                problems.add("the flag is its own prerequisite");
            }
            if (!required.add(other)) {
                problems.add("the prerequisite '" + other + "' stands twice: name all its variants in one");
            }
            if (prerequisite.variants().isEmpty()) {
                problems.add("the prerequisite '" + other + "' names no variant");
            }
        }
        for (int i = 0; i < rules.size(); i++) {
            String where = "rule " + (i + 1) + " ";
            rules.get(i).problems(flag, variants).forEach(problem -> problems.add(where + problem));
        }
        return problems;
    }
}
