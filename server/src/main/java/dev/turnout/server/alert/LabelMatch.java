package dev.turnout.server.alert;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Whether the labels of an alert fit a rule: each expression the whole of its label, where a label that is not there is
 * empty, as in Alertmanager's routes. Takes bounded time, whatever is sent.
 */
final class LabelMatch {
    /** Longer than any label that names something. */
    private static final int LONGEST = 1000;
    /** An expression that needs more looks at a label than this has gone astray. */
    private static final int MOST_LOOKS = 100_000;

    private LabelMatch() {}

    static boolean fits(Map<String, String> match, Map<String, String> labels) {
        return match.entrySet().stream()
                .allMatch(each -> fits(each.getValue(), labels.getOrDefault(each.getKey(), "")));
    }

    private static boolean fits(String expression, String label) {
        try {
            return label.length() <= LONGEST
                    && Pattern.compile(expression, Pattern.DOTALL)
                            .matcher(new Bounded(label, new AtomicInteger(MOST_LOOKS)))
                            .matches();
        } catch (Astray e) {
            return false;
        }
    }

    private static final class Astray extends RuntimeException {
        private Astray() {
            super("too many looks", null, false, false);
        }
    }

    /** @param left looks, counted down */
    private record Bounded(String text, AtomicInteger left) implements CharSequence {
        @Override
        public char charAt(int index) {
            if (left.getAndDecrement() <= 0) {
                throw new Astray();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Bounded(text.substring(start, end), left);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
