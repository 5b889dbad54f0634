package dev.turnout.worker.verify;

import java.util.List;

/** What MySQL says in its own way. */
final class MysqlCorruption {
    static final List<Corruption> ALL = List.of(
            one("a trailing zero byte", "bytes", "concat(bytes, unhex('00'))"),
            one("a leading zero byte less", "bytes", "substr(bytes, 2)"),
            one("an hour, as between time zones", "moment", "moment + INTERVAL 1 HOUR"),
            one("the last digit of a long number that was a text", "digits", "digits + 1"),
            one("the last digit of a long decimal that was a text", "written", "written + 0.0000000001"));

    private MysqlCorruption() {}

    private static Corruption one(String title, String column, String value) {
        return Corruption.of(title, "UPDATE %1$s SET " + column + " = " + value + " WHERE id = 7", "7 " + column);
    }
}
