package dev.turnout.worker.run;

import dev.turnout.migration.Side;
import dev.turnout.migration.TableName;
import dev.turnout.migration.Transfer;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Another table of the same server: {@code things} from {@code items}, and back. */
record TransferModel(TestDatabase db) implements Subject {
    static final String OLD_TABLE = "CREATE TABLE items (id int PRIMARY KEY, name varchar(40) NOT NULL, count int)";
    static final String NEW_TABLE =
            "CREATE TABLE things (item int PRIMARY KEY, label varchar(60) NOT NULL, amount int)";

    static TransferModel on(TestDatabase db) throws SQLException {
        db.execute(OLD_TABLE, NEW_TABLE);
        return new TransferModel(db);
    }

    static Transfer transfer() {
        Map<String, String> up = new LinkedHashMap<>();
        up.put("item", "old.id");
        up.putAll(Subject.up());
        return new Transfer(
                "things",
                TableName.of("items"),
                List.of("id"),
                Optional.empty(),
                TableName.of("things"),
                List.of("item"),
                up,
                Subject.down(),
                Map.of(),
                false,
                1_000);
    }

    static ItemTable table(Side side) {
        return side == Side.OLD
                ? new ItemTable(side, "items", "id", "name", "count")
                : new ItemTable(side, "things", "item", "label", "amount");
    }

    @Override
    public Site site(int lane) {
        return new Site(
                new TestSpec().transfer(transfer()).spec(), RUN, 1, lane, "model", db.database(), new SetClock());
    }

    @Override
    public TestDatabase database(Side side) {
        return db;
    }

    @Override
    public ItemTable items(Side side) {
        return table(side);
    }

    @Override
    public boolean holdsUnmovable(Side side) {
        return side == Side.OLD;
    }

    @Override
    public void close() throws SQLException {
        db.close();
    }
}
