package dev.turnout.worker.verify;

import dev.turnout.migration.Move;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class SameTablePostgresCorruptionTest extends EveryCorruption {
    SameTablePostgresCorruptionTest() throws SQLException {
        super(
                filled(TestServer.POSTGRES_18.newDatabase()),
                "ledger",
                new TestSpec()
                        .move(new Move(
                                "ledger", List.of("id"), Ledger.POSTGRESQL.up(), Map.of(), List.of(), Map.of(), 0)));
    }

    private static TestDatabase filled(TestDatabase db) throws SQLException {
        db.execute(
                PostgresCorruption.COLLATION,
                "CREATE TABLE ledger (id int PRIMARY KEY, " + Ledger.POSTGRESQL.oldColumns() + ", "
                        + Ledger.POSTGRESQL.newColumns() + ")");
        db.execute(Ledger.POSTGRESQL.rows().toArray(String[]::new));
        return db;
    }

    @Override
    Stream<Corruption> corruptions() {
        return Stream.of(Corruption.ANYWHERE, PostgresCorruption.ALL, List.of(SAME_TABLE))
                .flatMap(List::stream);
    }

    private static final Corruption SAME_TABLE = Corruption.of(
            "a row written past the triggers",
            "INSERT INTO %1$s (id, was_title, was_big) VALUES (9000, 'x', 1)",
            "9000 title",
            "9000 big");

    @Override
    String pastTheTriggers() {
        return "SET turnout.backfill = 'on'; ";
    }
}
