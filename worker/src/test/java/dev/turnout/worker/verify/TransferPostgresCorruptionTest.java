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
    private static final List<Corruption> OF_ROWS = List.of(
            Corruption.of("a row too few", "DELETE FROM %1$s WHERE id = 7", "7 the row"),
            Corruption.of(
                    "a row too many", "INSERT INTO %1$s (id, title) VALUES (9000, 'beyond every row')", "9000 the row"),
            Corruption.of("a row under another key", "UPDATE %1$s SET id = -7 WHERE id = 7", "7 the row", "-7 the row"),
            Corruption.of(
                    "two rows under each other's key",
                    "UPDATE %1$s SET id = -1 WHERE id = 7; UPDATE %1$s SET id = 7 WHERE id = 9; UPDATE %1$s SET id = 9"
                            + " WHERE id = -1",
                    Stream.of(7, 9)
                            .flatMap(id -> Ledger.POSTGRESQL.values().keySet().stream()
                                    .filter(column -> !column.equals("flag"))
                                    .map(column -> id + " " + column))
                            .toArray(String[]::new)));

    TransferPostgresCorruptionTest() throws SQLException {
        super(filled(TestServer.POSTGRES_18.newDatabase()), "entries", new TestSpec().transfer(transfer()));
    }

    private static Transfer transfer() {
        Map<String, String> up = new LinkedHashMap<>();
        up.put("id", "old.id");
        up.putAll(Ledger.POSTGRESQL.up());
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

    private static TestDatabase filled(TestDatabase db) throws SQLException {
        db.execute(
                PostgresCorruption.COLLATION,
                "CREATE TABLE ledger (id int PRIMARY KEY, " + Ledger.POSTGRESQL.oldColumns() + ")",
                "CREATE TABLE entries (id int PRIMARY KEY, " + Ledger.POSTGRESQL.newColumns() + ")");
        db.execute(Ledger.POSTGRESQL.rows().toArray(String[]::new));
        return db;
    }

    @Override
    Stream<Corruption> corruptions() {
        return Stream.of(Corruption.ANYWHERE, PostgresCorruption.ALL, OF_ROWS).flatMap(List::stream);
    }

    @Override
    String pastTheTriggers() {
        return "SET turnout.carry = ' 7.0.up  7.0.down '; ";
    }
}
