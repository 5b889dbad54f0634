package dev.turnout.worker.backfill;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import dev.turnout.worker.jdbc.TableColumn;
import java.util.Locale;
import java.util.regex.Pattern;

/** One column of a key: how its value leaves a statement as text and comes back into one. Immutable. */
record KeyColumn(TableColumn column) {
    private static final Pattern INTEGER = Pattern.compile("(tiny|small|medium|big)?int(eger)?\\b.*|year.*");

    /** Of the row that is called {@code old}. */
    String name() {
        return "old." + quote(column.name());
    }

    /**
     * A parameter, a text, as a value of the column. For MySQL a plain constant takes the collation or the temporal type of
     * the column that it is compared with; numbers are cast, because a number and a text are compared as floating-point ones.
     * The character set is said, because the driver writes a text with a backslash as bytes, which compare in another order.
     */
    String cast() {
        if (!column.dialect().mysql()) {
            return "CAST(? AS " + column.type() + ")";
        }
        String type = column.type().toLowerCase(Locale.ROOT);
        if (column.family() == TableColumn.Family.BINARY) {
            return column.dialect().unhex("?");
        }
        if (INTEGER.matcher(type).matches()) {
            return type.contains("unsigned") ? "CAST(? AS UNSIGNED)" : "CAST(? AS SIGNED)";
        }
        if (column.family() == TableColumn.Family.TEXT) {
            return "_utf8mb4 ?";
        }
        return type.startsWith("decimal")
                ? "CAST(? AS " + type.replace(" unsigned", "").replace(" zerofill", "") + ")"
                : "?";
    }
}
