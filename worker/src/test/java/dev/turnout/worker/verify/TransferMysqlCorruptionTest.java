package dev.turnout.worker.verify;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** The repair that follows upon a finding is undone as well. */
class TransferMysqlCorruptionTest extends EveryCorruption {
    TransferMysqlCorruptionTest() throws SQLException {
        super(
                filled(TestServer.MYSQL.newDatabase()),
                "entries",
                new TestSpec().transfer(TransferPostgresCorruptionTest.transfer(Ledger.MYSQL)));
    }

    private static TestDatabase filled(TestDatabase db) throws SQLException {
        db.execute(
                "CREATE TABLE ledger (id int PRIMARY KEY, " + Ledger.MYSQL.oldColumns() + ")",
                "CREATE TABLE entries (id int PRIMARY KEY, " + Ledger.MYSQL.newColumns() + ")");
        db.execute(Ledger.MYSQL.rows().toArray(String[]::new));
        return db;
    }

    @Override
    Stream<Corruption> corruptions() {
        return Stream.of(Corruption.ANYWHERE, MysqlCorruption.ALL, RowCorruption.of(Ledger.MYSQL))
                .flatMap(List::stream);
    }

    @Override
    String pastTheTriggers() {
        return "SET @turnout_carrying = ' 7.0.up '; ";
    }
}
