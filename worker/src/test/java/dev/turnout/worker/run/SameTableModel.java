package dev.turnout.worker.run;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** New columns in the same row. */
record SameTableModel(TestDatabase db) implements Subject {
    static SameTableModel on(TestDatabase db) throws SQLException {
        db.execute("""
                CREATE TABLE items (
                  id int PRIMARY KEY, name varchar(40) NOT NULL, count int, label varchar(60), amount int)""");
        return new SameTableModel(db);
    }

    @Override
    public Site site(int lane) {
        Move move = new Move("items", List.of("id"), Subject.up(), Subject.down(), List.of(), Map.of(), 1_000);
        return new Site(new TestSpec().move(move).spec(), RUN, 1, lane, "model", db.database(), new SetClock());
    }

    @Override
    public TestDatabase database(Side side) {
        return db;
    }

    @Override
    public ItemTable items(Side side) {
        return side == Side.OLD
                ? new ItemTable(side, "items", "id", "name", "count")
                : new ItemTable(side, "items", "id", "label", "amount");
    }

    @Override
    public boolean holdsUnmovable(Side side) {
        return true;
    }

    @Override
    public void close() throws SQLException {
        db.close();
    }
}
