package dev.turnout.worker.verify;

import java.util.List;

/**
 * A way in which a row of the new side can be wrong although it looks right.
 *
 * @param plants SQL that makes it so; {@code %1$s} is the table of the new side
 * @param found what must be found, and nothing else: the key and the column, such as {@code 7 title}
 */
record Corruption(String title, String plants, List<String> found) {
    Corruption {
        found = List.copyOf(found);
    }

    static Corruption of(String title, String plants, String... found) {
        return new Corruption(title, plants, List.of(found));
    }

    /** Of a column that a row has another value in. */
    private static Corruption value(String title, int id, String column, String value) {
        return of(title, "UPDATE %1$s SET " + column + " = " + value + " WHERE id = " + id, id + " " + column);
    }

    /** That every database can hold. Rows 12 and 13 are the ones without values, and with empty ones. */
    static final List<Corruption> ANYWHERE = List.of(
            value("NULL for empty", 13, "title", "NULL"),
            value("empty for NULL", 12, "title", "''"),
            value("a trailing space", 7, "title", "concat(title, ' ')"),
            value("a leading space", 7, "title", "concat(' ', title)"),
            value("case under a collation that takes it for nothing", 7, "label", "upper(label)"),
            value("an accent under such a collation", 7, "label", "replace(label, 'e', 'é')"),
            value("an emoji under such a collation", 7, "label", "replace(label, '🙂', '🙃')"),
            value("a trailing space under such a collation", 7, "label", "concat(label, ' ')"),
            value("a combining character", 7, "title", "replace(title, 'é', 'e\u0301')"),
            value("an empty binary for NULL", 12, "bytes", "''"),
            value("NULL for an empty binary", 13, "bytes", "NULL"),
            of(
                    "the values of two rows exchanged",
                    "UPDATE %1$s SET title = CASE id WHEN 7 THEN 'Café 8' ELSE 'Café 7' END WHERE id IN (7, 8)",
                    "7 title",
                    "8 title"),
            value("the last digit of a decimal", 7, "price", "price + 0.01"),
            value("the last digit of a long decimal", 7, "mass", "mass + 0.0000000001"),
            value("a microsecond", 7, "moment", "moment + INTERVAL '0.000001' SECOND"),
            value("a boolean", 7, "flag", "NOT flag"),
            value("zero for NULL", 12, "big", "0"),
            value("the value of a JSON field", 7, "doc", "'{\"n\": 8, \"x\": null}'"),
            value("the type of a JSON field", 7, "doc", "'{\"n\": \"7\", \"x\": null}'"),
            // MySQL takes the new value for the old one and does nothing.
            of(
                    "the scale of a JSON number",
                    "UPDATE %1$s SET doc = NULL WHERE id = 7;"
                            + " UPDATE %1$s SET doc = '{\"n\": 7.0, \"x\": null}' WHERE id = 7",
                    "7 doc"),
            value("a JSON field that is null", 7, "doc", "'{\"n\": 7}'"),
            value("the null of JSON for that of SQL", 12, "doc", "'null'"),
            value("the last bit of a float", 7, "ratio", "1.0000000000000002e0"),
            value("the greatest number less one", 7, "big", "9223372036854775806"));
}
