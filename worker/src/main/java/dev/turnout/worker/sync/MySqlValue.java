package dev.turnout.worker.sync;

import dev.turnout.worker.jdbc.TableColumn;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a value becomes when it is stored in a column of MySQL, as an expression that stores nothing. Pure. */
final class MySqlValue {
    private static final Pattern TYPE = Pattern.compile("(\\w+)(\\([^)]*\\))?.*");
    private static final Pattern TEXT = Pattern.compile(".* CHARACTER SET (\\w+) COLLATE (\\w+)");

    private MySqlValue() {}

    /** Where storing the value would fail, this gives some value, and a warning. */
    static String of(TableColumn column, String expression) {
        String declaration = column.declaration();
        Matcher type = TYPE.matcher(declaration.toLowerCase(Locale.ROOT));
        String value = "(" + expression + ")";
        if (!type.matches()) {
            return value;
        }
        String size = type.group(2) == null ? "" : type.group(2);
        return switch (column.family()) {
            case TEXT -> text(type.group(1), declaration, value);
            case BINARY -> "CAST(" + value + " AS BINARY" + (type.group(1).equals("binary") ? size : "") + ")";
            case JSON -> "CAST(" + value + " AS JSON)";
            default -> plain(type.group(1), size, declaration.contains("unsigned"), value);
        };
    }

    private static String text(String type, String declaration, String value) {
        Matcher text = TEXT.matcher(declaration);
        String converted =
                text.matches() ? "CONVERT(" + value + " USING " + text.group(1) + ") COLLATE " + text.group(2) : value;
        return type.equals("char") ? "TRIM(TRAILING ' ' FROM " + converted + ")" : converted;
    }

    private static String plain(String type, String size, boolean unsigned, String value) {
        return switch (type) {
            case "tinyint", "smallint", "mediumint", "int", "bigint" ->
                "CAST(" + value + " AS " + (unsigned ? "UNSIGNED" : "SIGNED") + ")";
            case "decimal" -> "CAST(" + value + " AS DECIMAL" + size + ")";
            case "date" -> "CAST(" + value + " AS DATE)";
            case "time" -> "CAST(" + value + " AS TIME" + size + ")";
            case "datetime", "timestamp" -> "CAST(" + value + " AS DATETIME" + size + ")";
            case "double" -> "CAST(" + value + " AS DOUBLE)";
            default -> value;
        };
    }
}
