package dev.turnout.server.demo;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a day that a written time falls into. Written apart from the migration's SQL on purpose: the ledger must not
 * ask the thing it checks.
 */
enum Period {
    MORNING("09:00", 12),
    AFTERNOON("12:00", 18),
    EVENING("18:00", 24);

    /** What is shown for no period. */
    static final String ANYTIME = "anytime";

    private static final Pattern DIGITS = Pattern.compile("\\d+");

    private final String firstHour;
    private final int before;

    Period(String firstHour, int before) {
        this.firstHour = firstHour;
        this.before = before;
    }

    /** The time that the old application shows for the period. */
    String firstHour() {
        return firstHour;
    }

    /** Empty for what cannot be placed: {@code anytime} and the empty text. */
    static Optional<Period> of(String written) {
        switch (written) {
            case "", ANYTIME -> {
                return Optional.empty();
            }
            case "morning", "오전" -> {
                return Optional.of(MORNING);
            }
            case "afternoon", "오후" -> {
                return Optional.of(AFTERNOON);
            }
            case "evening", "저녁" -> {
                return Optional.of(EVENING);
            }
            default -> {
                return Optional.of(containing(hour(written)));
            }
        }
    }

    private static int hour(String written) {
        Matcher digits = DIGITS.matcher(written);
        if (!digits.find()) {
            throw new IllegalArgumentException("not a time that the hospital writes: '" + written + "'");
        }
        int hour = Integer.parseInt(digits.group());
        boolean beforeNoon = written.startsWith("오전") || written.startsWith("AM") || written.endsWith("am");
        boolean afterNoon = written.startsWith("오후") || written.startsWith("PM") || written.endsWith("pm");
        return beforeNoon ? hour % 12 : afterNoon ? hour % 12 + 12 : hour;
    }

    private static Period containing(int hour) {
        for (Period period : values()) {
            if (hour < period.before) {
                return period;
            }
        }
        throw new IllegalArgumentException("a day has no hour " + hour);
    }
}
