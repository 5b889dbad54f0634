package dev.turnout.worker.backfill;

import java.util.List;
import java.util.Optional;

/**
 * The keys above {@code lo} up to and including {@code hi}, each as the texts of the key columns in order, exact for any
 * type. Keys are compared in SQL only: no other order is theirs. Immutable.
 *
 * @param lo empty: from the first row
 * @param hi empty: to the last row
 */
public record KeyRange(Optional<List<String>> lo, Optional<List<String>> hi) {
    public KeyRange {
        lo = lo.map(List::copyOf);
        hi = hi.map(List::copyOf);
    }

    public static KeyRange all() {
        return new KeyRange(Optional.empty(), Optional.empty());
    }

    public KeyRange upTo(List<String> key) {
        return new KeyRange(lo, Optional.of(key));
    }

    public KeyRange above(List<String> key) {
        return new KeyRange(Optional.of(key), hi);
    }

    @Override
    public String toString() {
        return "(" + lo.map(Object::toString).orElse("-∞") + ", "
                + hi.map(Object::toString).orElse("∞") + "]";
    }
}
