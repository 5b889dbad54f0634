package dev.turnout.worker.draft;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Guesses which old name a new one continues: the same, or the same but for case and underscores. Pure. */
final class Pairs {
    private Pairs() {}

    /** New name to old name; a name for which two fit is left out. */
    static Map<String, String> of(Collection<String> before, Collection<String> after) {
        Map<String, String> pairs = new LinkedHashMap<>();
        Set<String> left = new LinkedHashSet<>(before);
        for (String name : after) {
            if (left.remove(name)) {
                pairs.put(name, name);
            }
        }
        for (String name : after) {
            List<String> alike =
                    left.stream().filter(old -> bare(old).equals(bare(name))).toList();
            boolean rival = after.stream()
                    .anyMatch(other -> !other.equals(name)
                            && !pairs.containsKey(other)
                            && bare(other).equals(bare(name)));
            if (!pairs.containsKey(name) && alike.size() == 1 && !rival) {
                pairs.put(name, alike.get(0));
                left.remove(alike.get(0));
            }
        }
        return pairs;
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[_\\- ]", "");
    }
}
