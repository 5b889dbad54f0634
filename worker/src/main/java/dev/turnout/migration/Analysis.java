package dev.turnout.migration;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * The formats that a free-text column may have before its rows are moved. NULL counts as the empty text.
 *
 * @param formats name to PostgreSQL regular expression; the first that matches counts
 * @param unplaced values that are known and cannot be placed: listed for review
 */
public record Analysis(ColumnRef column, Map<String, String> formats, Optional<Unplaced> unplaced) {
    public Analysis {
        formats = Ordered.copy(formats);
    }

    /** @param atMostPercent share of all rows from 0 to 100 above which the run stops */
    public record Unplaced(String pattern, BigDecimal atMostPercent) {}
}
