package dev.turnout.flags;

import java.util.List;

/**
 * An answer and how it came about.
 *
 * @param steps what was asked, in order, each a sentence; the last one gave the answer
 */
public record Explanation(Evaluation evaluation, List<String> steps) {
    public Explanation {
        steps = List.copyOf(steps);
    }
}
