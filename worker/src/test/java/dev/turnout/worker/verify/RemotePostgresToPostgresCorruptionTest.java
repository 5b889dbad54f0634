package dev.turnout.worker.verify;

import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

class RemotePostgresToPostgresCorruptionTest extends RemoteCorruption {
    RemotePostgresToPostgresCorruptionTest() throws SQLException {
        super(
                TransferPostgresCorruptionTest.filled(TestServer.POSTGRES_18.newDatabase()),
                target(TestServer.POSTGRES_18.newDatabase(), Ledger.POSTGRESQL),
                Ledger.POSTGRESQL);
    }

    static TestDatabase target(TestDatabase db, Ledger ledger) throws SQLException {
        db.execute(
                PostgresCorruption.COLLATION, "CREATE TABLE entries (id int PRIMARY KEY, " + ledger.newColumns() + ")");
        return db;
    }

    @Override
    Stream<Corruption> corruptions() {
        return Stream.of(Corruption.ANYWHERE, PostgresCorruption.ALL, RowCorruption.of(Ledger.POSTGRESQL))
                .flatMap(List::stream);
    }
}
