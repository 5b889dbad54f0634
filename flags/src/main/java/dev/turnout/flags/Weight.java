package dev.turnout.flags;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A share of all units in 100 000ths, the resolution of a bucket.
 *
 * @param hundredThousandths from 0 (none) to 100 000 (all)
 */
public record Weight(int hundredThousandths) implements Comparable<Weight> {
    public static final int WHOLE = 100_000;
    public static final Weight NONE = new Weight(0);
    public static final Weight ALL = new Weight(WHOLE);
    /** Before or behind the point; far more than anybody writes. */
    private static final int MOST_DIGITS = 30;

    public Weight {
        if (hundredThousandths < 0 || hundredThousandths > WHOLE) {
            throw new IllegalArgumentException("a weight is from 0 to 100000, not " + hundredThousandths);
        }
    }

    /**
     * Reads {@code 5%}, {@code 0.001%} or {@code 100 %}.
     *
     * @throws IllegalArgumentException when the text is no percentage, out of range, or finer than 0.001 %
     */
    public static Weight parse(String text) {
        String trimmed = text.strip();
        if (!trimmed.endsWith("%")) {
            throw new IllegalArgumentException("a weight is written as a percentage such as 5%, not '" + text + "'");
        }
        BigDecimal percent;
        try {
            percent = new BigDecimal(trimmed.substring(0, trimmed.length() - 1).strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a weight is written as a percentage such as 5%, not '" + text + "'", e);
        }
        return ofPercent(percent);
    }

    /** @throws IllegalArgumentException when out of 0…100 or finer than 0.001 */
    public static Weight ofPercent(BigDecimal percent) {
        // Before any reckoning: 1e999999999 is short to write and has a billion digits.
        if (Math.abs((long) percent.scale()) > MOST_DIGITS) {
            throw new IllegalArgumentException("a percentage is from 0 to 100 in steps of 0.001, not " + percent);
        }
        if (percent.signum() < 0 || percent.compareTo(BigDecimal.valueOf(100)) > 0) {
            throw new IllegalArgumentException("a percentage is from 0 to 100, not " + percent.toPlainString());
        }
        try {
            return new Weight(percent.multiply(BigDecimal.valueOf(1000))
                    .setScale(0, RoundingMode.UNNECESSARY)
                    .intValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "the finest percentage is 0.001, " + percent.toPlainString() + " is finer", e);
        }
    }

    public BigDecimal percent() {
        return BigDecimal.valueOf(hundredThousandths, 3).stripTrailingZeros();
    }

    @Override
    public int compareTo(Weight other) {
        return Integer.compare(hundredThousandths, other.hundredThousandths);
    }

    @Override
    public String toString() {
        return percent().toPlainString() + "%";
    }
}
