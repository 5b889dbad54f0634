package dev.turnout.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which units are on the new side: those whose bucket lies in {@code [0, weight)}. Raising the weight only adds units,
 * lowering it only removes some. Checked by the {@link Flag} that holds it.
 *
 * @param seed of the bucket; empty: the flag's key
 * @param bucketBy the attribute that is the bucketing key, so that a tenant moves as a whole; empty: the targeting key
 */
public record Split(Weight weight, String seed, Optional<String> bucketBy) {
    /** Nobody is on the new side yet; buckets by targeting key. */
    public static final Split NOBODY = new Split(Weight.NONE, "", Optional.empty());

    public Split withWeight(Weight weight) {
        return new Split(weight, seed, bucketBy);
    }

    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (seed.length() > 100) {
            problems.add("the seed has at most 100 characters, not " + seed.length());
        }
        if (bucketBy.isPresent() && (bucketBy.get().isBlank() || bucketBy.get().length() > 100)) {
            problems.add("bucketBy names an attribute with 1 to 100 characters, not '" + bucketBy.get() + "'");
        }
        return problems;
    }
}
