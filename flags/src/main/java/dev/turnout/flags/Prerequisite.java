package dev.turnout.flags;

import java.util.Set;

/**
 * Another flag that must give the subject one of these answers first.
 *
 * @param flag its key
 * @param variants at least one
 */
public record Prerequisite(String flag, Set<String> variants) {
    public Prerequisite {
        variants = Set.copyOf(variants);
    }
}
