package dev.turnout.worker.run;

import dev.turnout.migration.Move;
import dev.turnout.migration.Side;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.testkit.SetClock;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** New columns in the same row: {@code label} from {@code name}, {@code amount} from {@code count}. */
record SameTableModel(TestDatabase db) implements Subject {
    private static final long RUN = 9;

    static SameTableModel on(TestDatabase db) throws SQLException {
        db.execute("""
                CREATE TABLE items (
                  id int PRIMARY KEY, name varchar(40) NOT NULL, count int, label varchar(60), amount int)""");
        return new SameTableModel(db);
    }

    private static Move move() {
        Map<String, String> up = new LinkedHashMap<>();
        up.put("label", "old.name || '!'");
        up.put("amount", "old.count + 1000");
        Map<String, Move.Down> down = new LinkedHashMap<>();
        down.put("name", new Move.Down("substr(new.label, 1, char_length(new.label) - 1)", Optional.empty()));
        down.put("count", new Move.Down("new.amount - 1000", Optional.empty()));
        return new Move("items", List.of("id"), up, down, List.of(), Map.of(), 1_000);
    }

    @Override
    public Site site(int lane) {
        return new Site(new TestSpec().move(move()).spec(), RUN, 1, lane, "model", db.database(), new SetClock());
    }

    @Override
    public Connection connect(Side side) throws SQLException {
        return db.connect();
    }

    @Override
    public void insert(Connection connection, Side side, int key, Item item) throws SQLException {
        write(
                connection,
                "INSERT INTO items (" + text(side) + ", " + number(side) + ", id) VALUES (?, ?, ?)",
                side,
                key,
                item);
    }

    @Override
    public void update(Connection connection, Side side, int key, Item item) throws SQLException {
        write(
                connection,
                "UPDATE items SET " + text(side) + " = ?, " + number(side) + " = ? WHERE id = ?",
                side,
                key,
                item);
    }

    private static String text(Side side) {
        return side == Side.OLD ? "name" : "label";
    }

    private static String number(Side side) {
        return side == Side.OLD ? "count" : "amount";
    }

    private static void write(Connection connection, String sql, Side side, int key, Item item) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            write.setString(1, side == Side.OLD ? item.name() : item.label());
            Optional<Integer> number = side == Side.OLD ? item.count() : item.amount();
            if (number.isPresent()) {
                write.setInt(2, number.get());
            } else {
                write.setNull(2, Types.INTEGER);
            }
            write.setInt(3, key);
            write.executeUpdate();
        }
    }

    @Override
    public void delete(Connection connection, Side side, int key) throws SQLException {
        change(connection, "DELETE FROM items WHERE id = ?", key);
    }

    @Override
    public void rekey(Connection connection, Side side, int key, int to) throws SQLException {
        change(connection, "UPDATE items SET id = ? WHERE id = ?", to, key);
    }

    @Override
    public void recount(Connection connection, Side side, Set<Integer> keys, int count) throws SQLException {
        String list = keys.stream().map(String::valueOf).collect(Collectors.joining(", "));
        change(
                connection,
                "UPDATE items SET " + number(side) + " = ? WHERE id IN (" + list + ")",
                side == Side.OLD ? count : count + 1_000);
    }

    private static void change(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement write = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                write.setInt(i + 1, values[i]);
            }
            write.executeUpdate();
        }
    }

    @Override
    public boolean writableOnNewSide() {
        return true;
    }

    @Override
    public boolean holdsUnmovable(Side side) {
        return true;
    }

    @Override
    public Map<Integer, String> rows(Side side) throws SQLException {
        Map<Integer, String> rows = new TreeMap<>();
        for (String row : db.query("SELECT id, " + text(side) + ", " + number(side) + " FROM items")) {
            int bar = row.indexOf('|');
            rows.put(Integer.valueOf(row.substring(0, bar)), row.substring(bar + 1));
        }
        return rows;
    }

    @Override
    public Set<Integer> putAside() throws SQLException {
        return new TreeSet<>(db.query("SELECT r.key FROM turnout.rejected r WHERE resolved_at IS NULL").stream()
                .map(key -> Integer.valueOf(key.replaceAll("\\D", "")))
                .toList());
    }

    @Override
    public void close() throws SQLException {
        db.close();
    }
}
