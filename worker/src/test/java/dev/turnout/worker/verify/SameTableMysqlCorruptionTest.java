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
    private static final Corruption PAST_THE_TRIGGERS = Corruption.of(
            "a row written past the triggers",
            "INSERT INTO %1$s (id, was_title, was_big) VALUES (9000, 'x', 1)",
            "9000 title",
            "9000 big");

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

    @Override
    Stream<Corruption> corruptions() {
        return Stream.of(Corruption.ANYWHERE, MysqlCorruption.ALL, List.of(PAST_THE_TRIGGERS))
                .flatMap(List::stream);
    }

    @Override
    String pastTheTriggers() {
        return "SET @turnout_backfill = 1; ";
    }
}
