package dev.turnout.server.console;

import dev.turnout.flags.Weight;
import java.math.BigDecimal;

/**
 * What a percentage would change. Pure.
 *
 * @param percent as it was typed
 * @param problem empty when it can be set
 * @param up whether it sends more units to the new side
 * @param says in words
 */
record Preview(String percent, String problem, boolean up, String says) {
    static Preview of(Doc flag, String text) {
        String percent = text.strip().replaceAll("\\s*%$", "");
        Weight to;
        try {
            to = Weight.ofPercent(new BigDecimal(percent));
        } catch (IllegalArgumentException e) {
            String why = e instanceof NumberFormatException
                    ? "a percentage is a number from 0 to 100"
                    : String.valueOf(e.getMessage());
            return new Preview(percent, why, false, "");
        }
        Weight now = Weight.parse(flag.text("weight"));
        int way = to.compareTo(now);
        if (way == 0) {
            return new Preview(percent, "the flag is at " + now + " already", false, "");
        }
        Weight more = new Weight(Math.abs(to.hundredThousandths() - now.hundredThousandths()));
        String buckets = "buckets " + Math.min(to.hundredThousandths(), now.hundredThousandths()) + " to "
                + (Math.max(to.hundredThousandths(), now.hundredThousandths()) - 1);
        String says = way > 0
                ? more + " of the units (" + buckets + ") change to the new side. Who is there now stays there."
                : more + " of the units (" + buckets + ") go back to the old side. Nobody else changes.";
        boolean live = flag.text("state").equals("ON") && !flag.has("rolledBack");
        String then = live
                ? says
                : "nobody changes now, as everybody is on the old side until the flag is "
                        + (flag.has("rolledBack") ? "acknowledged." : "switched on.");
        return new Preview(percent, "", way > 0, now + " → " + to + ": " + then);
    }
}
