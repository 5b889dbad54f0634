package dev.turnout.worker.verify;

import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestServer;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The repair that follows upon a finding is undone as well. */
class TransferPostgresCorruptionTest extends EveryCorruption {
    TransferPostgresCorruptionTest() throws SQLException {
        super(
                filled(TestServer.POSTGRES_18.newDatabase()),
                "entries",
                new TestSpec().transfer(transfer(Ledger.POSTGRESQL)));
    }

    static Transfer transfer(Ledger ledger) {
        Map<String, String> up = new LinkedHashMap<>();
        up.put("id", "old.id");
        up.putAll(ledger.up());
        return new Transfer(
                "entries",
                TableName.of("ledger"),
                List.of("id"),
                Optional.empty(),
                TableName.of("entries"),
                List.of("id"),
                up,
                Map.of(),
                Map.of(),
                false,
                0);
    }

    static TestDatabase filled(TestDatabase db) throws SQLException {
        db.execute(
                PostgresCorruption.COLLATION,
                "CREATE TABLE ledger (id int PRIMARY KEY, " + Ledger.POSTGRESQL.oldColumns() + ")",
                "CREATE TABLE entries (id int PRIMARY KEY, " + Ledger.POSTGRESQL.newColumns() + ")");
        db.execute(Ledger.POSTGRESQL.rows().toArray(String[]::new));
        return db;
    }

    @Override
    Stream<Corruption> corruptions() {
        return Stream.of(Corruption.ANYWHERE, PostgresCorruption.ALL, RowCorruption.of(Ledger.POSTGRESQL))
                .flatMap(List::stream);
    }

    @Override
    String pastTheTriggers() {
        return "SET turnout.carry = ' 7.0.up  7.0.down '; ";
    }
}
