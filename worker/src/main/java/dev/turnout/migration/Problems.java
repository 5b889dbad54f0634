package dev.turnout.migration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong while reading goes on. Not thread-safe. */
final class Problems {
    private final String main;
    private final List<Problem> found = new ArrayList<>();

    Problems(String main) {
        this.main = main;
    }

    /** In the YAML file. */
    void add(int line, String what, String mend) {
        addIn(main, line, what, mend);
    }

    void addIn(String file, int line, String what, String mend) {
        Problem problem = new Problem(file, line, what, mend);
        // A part that is read twice is wrong once.
        if (!found.contains(problem)) {
            found.add(problem);
        }
    }

    boolean none() {
        return found.isEmpty();
    }

    /** The YAML file's first, each file's by line. */
    List<Problem> sorted() {
        return found.stream()
                .sorted(Comparator.comparing(
                                (Problem problem) -> !problem.file().equals(main))
                        .thenComparing(Problem::file)
                        .thenComparingInt(Problem::line))
                .toList();
    }
}
