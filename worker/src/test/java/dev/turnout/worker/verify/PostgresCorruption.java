package dev.turnout.worker.verify;

import java.util.List;

/** What only PostgreSQL can hold, or says in its own way. */
final class PostgresCorruption {
    /** Takes case and accents for nothing. */
    static final String COLLATION =
            "CREATE COLLATION anyhow (provider = icu, locale = 'und-u-ks-level1', deterministic = false)";

    static final List<Corruption> ALL = List.of(
            one("a trailing zero byte", "bytes", "bytes || '\\x00'::bytea"),
            one("a leading zero byte less", "bytes", "substr(bytes, 2)"),
            one("an hour, as between time zones", "moment", "moment + interval '1 hour'"),
            one("the scale of a decimal", "mass", "trim_scale(mass)"),
            one("the scale of a decimal in an array", "masses", "ARRAY[trim_scale(masses[1])]"),
            one("minus zero", "ratio", "'-0'", 9),
            one("white space in a JSON text", "raw", "'{\"n\":7}'"),
            one("the value of a field in a JSON text", "raw", "'{\"n\": 8}'"),
            one("days as hours", "span", "make_interval(hours => 24 * 7)"),
            one("NULL for an empty array", "tags", "NULL", 13),
            one("an empty array for NULL", "tags", "'{}'", 12),
            one("NULL in an array for its text", "tags", "ARRAY['a', NULL]"),
            one("an array of one text that looks like two", "tags", "ARRAY['a,tag 7']"));

    private PostgresCorruption() {}

    private static Corruption one(String title, String column, String value) {
        return one(title, column, value, 7);
    }

    private static Corruption one(String title, String column, String value, int id) {
        return Corruption.of(
                title, "UPDATE %1$s SET " + column + " = " + value + " WHERE id = " + id, id + " " + column);
    }
}
