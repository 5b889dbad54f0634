package dev.turnout.bench;

import java.util.ArrayList;
import java.util.List;

/** Of several rounds: the median is what one noisy round cannot spoil; of two, the lower one. Not thread-safe. */
final class Ratios {
    private final List<Double> all = new ArrayList<>();

    void add(double ratio) {
        all.add(ratio);
    }

    double median() {
        return all.stream().sorted().skip((all.size() - 1) / 2).findFirst().orElseThrow();
    }
}
