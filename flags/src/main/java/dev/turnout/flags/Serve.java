package dev.turnout.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a rule answers: one variant, or several by bucket. The portions lie one after another over the buckets, so raising
 * the first one at the cost of the next only adds units to it.
 *
 * @param portions at least one, together the whole, each variant once; checked by the {@link Flag} that holds it
 */
public record Serve(List<Portion> portions) {
    /** @param weight the share of the buckets that get the variant */
    public record Portion(String variant, Weight weight) {}

    public Serve {
        portions = List.copyOf(portions);
    }

    public static Serve always(String variant) {
        return new Serve(List.of(new Portion(variant, Weight.ALL)));
    }

    /** Whether no bucket is needed to know the answer. */
    boolean fixed() {
        return portions.size() == 1;
    }

    List<String> problems(Set<String> variants) {
        List<String> problems = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        long total = 0;
        for (Portion portion : portions) {
            total += portion.weight().hundredThousandths();
            if (!variants.contains(portion.variant())) {
                problems.add("serves '" + portion.variant() + "', which is none of the variants " + variants);
            }
            if (!seen.add(portion.variant())) {
                problems.add("serves '" + portion.variant() + "' twice");
            }
        }
        if (total != Weight.WHOLE) {
            problems.add("serves " + total / 1000.0 + "% of the units in all: the shares must make 100%");
        }
        return problems;
    }
}
