package dev.turnout.migration;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which known word a misspelt one was meant to be. */
final class Suggestion {
    private Suggestion() {}

    /** The nearest by edits, counting case, blanks and dashes as nothing; empty when none is near. */
    static Optional<String> nearest(String word, Collection<String> known) {
        String plain = plain(word);
        int near = plain.length() < 2 ? 0 : Math.max(1, plain.length() / 3);
        return known.stream()
                .filter(candidate -> edits(plain, plain(candidate)) <= near)
                .min(Comparator.comparingInt(candidate -> edits(plain, plain(candidate))));
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
    }

    /** Levenshtein's distance, one row at a time. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
