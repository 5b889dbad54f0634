package dev.turnout.server.alert;

import dev.turnout.flags.Flag;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which flags a rule means by its text, once the labels of an alert are put in. */
sealed interface FlagName {
    /** The flag of this key. */
    record One(String key) implements FlagName {}

    /** Every flag whose key begins so; with an empty text every flag. */
    record Beginning(String prefix) implements FlagName {}

    record Nothing(String because) implements FlagName {}

    Pattern PLACE = Pattern.compile("\\$\\{labels\\.([A-Za-z_][A-Za-z0-9_]{0,99})}");
    Pattern TEXT = Pattern.compile("(?:[A-Za-z0-9._-]|" + PLACE.pattern() + ")*+\\*?");
    Pattern PART = Pattern.compile("[A-Za-z0-9._-]+");

    static boolean isSound(String text) {
        return !text.isEmpty() && text.length() <= 200 && TEXT.matcher(text).matches();
    }

    /** A label puts in a part of a key and nothing else: no label can name more flags than its rule does. */
    static FlagName of(String text, Map<String, String> labels) {
        boolean begins = text.endsWith("*");
        Matcher places = PLACE.matcher(begins ? text.substring(0, text.length() - 1) : text);
        StringBuilder key = new StringBuilder();
        while (places.find()) {
            String label = labels.getOrDefault(places.group(1), "");
            if (!PART.matcher(label).matches()) {
                return new Nothing(
                        label.isEmpty()
                                ? "it has no label " + places.group(1)
                                : "its label " + places.group(1) + " cannot be a part of a flag's key");
            }
            places.appendReplacement(key, Matcher.quoteReplacement(label));
        }
        places.appendTail(key);
        if (begins) {
            return new Beginning(key.toString());
        }
        return Flag.isKey(key.toString()) ? new One(key.toString()) : new Nothing("its labels make no flag's key");
    }
}
