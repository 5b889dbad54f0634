package dev.turnout.worker.verify;

import dev.turnout.migration.Move;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class SameTableMysqlCorruptionTest extends EveryCorruption {
    private static final List<Corruption> OF_MYSQL = List.of(
            one("a trailing zero byte", "bytes", "concat(bytes, unhex('00'))"),
            one("a leading zero byte less", "bytes", "substr(bytes, 2)"),
            one("an hour, as between time zones", "moment", "moment + INTERVAL 1 HOUR"),
            one("the last digit of a long number that was a text", "digits", "digits + 1"),
            one("the last digit of a long decimal that was a text", "written", "written + 0.0000000001"),
            Corruption.of(
                    "a row written past the triggers",
                    "INSERT INTO %1$s (id, was_title, was_big) VALUES (9000, 'x', 1)",
                    "9000 title",
                    "9000 big"));

    SameTableMysqlCorruptionTest() throws SQLException {
        super(
                filled(TestServer.MYSQL.newDatabase()),
                "ledger",
                new TestSpec()
                        .move(new Move("ledger", List.of("id"), Ledger.MYSQL.up(), Map.of(), List.of(), Map.of(), 0)));
    }

    private static TestDatabase filled(TestDatabase db) throws SQLException {
        db.execute("CREATE TABLE ledger (id int PRIMARY KEY, " + Ledger.MYSQL.oldColumns() + ", "
                + Ledger.MYSQL.newColumns() + ")");
        db.execute(Ledger.MYSQL.rows().toArray(String[]::new));
        return db;
    }

    private static Corruption one(String title, String column, String value) {
        return Corruption.of(title, "UPDATE %1$s SET " + column + " = " + value + " WHERE id = 7", "7 " + column);
    }

    @Override
    Stream<Corruption> corruptions() {
        return Stream.of(Corruption.ANYWHERE, OF_MYSQL).flatMap(List::stream);
    }

    @Override
    String pastTheTriggers() {
        return "SET @turnout_backfill = 1; ";
    }
}
