package dev.turnout.worker.run;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Side;
import dev.turnout.worker.jdbc.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** An application that writes the rows of its share and knows what must have come of it. One thread at a time. */
final class Writer {
    /** As long as the slowest machine may take to hand the authority over. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The side that it knew has been taken down meanwhile: it asks where to write now. */
    private static final Set<String> NO_TABLE = Set.of("42P01", "42S02");

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(10);

    private final Subject subject;
    private final int number;
    private final int writers;
    private final List<Unit> units;
    private final Toll toll = new Toll();
    private Map<Integer, Item> rows;
    private int next;

    Writer(Subject subject, int number, int writers, Map<Integer, Item> rows, List<Unit> units) {
        this.subject = subject;
        this.number = number;
        this.writers = writers;
        this.rows = rows;
        this.units = new ArrayList<>(units);
    }

    Map<Integer, Item> rows() {
        return rows;
    }

    Toll toll() {
        return toll;
    }

    /** Does the share of its units that belongs to one of so many parts of the story. */
    void part(int part, int parts, Phase phase) throws SQLException {
        int end = units.size() * (part + 1) / parts;
        for (; next < end; next++) {
            run(units.get(next), phase);
        }
    }

    private void run(Unit unit, Phase phase) throws SQLException {
        long begun = System.nanoTime();
        while (true) {
            try {
                attempt(unit, subject.taking(unit.by(), phase));
                return;
            } catch (SQLException e) {
                boolean again = Failure.of(e).transientLike() || NO_TABLE.contains(e.getSQLState());
                if (!again || System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw e;
                }
                toll.repeated++;
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE.toNanos()));
            }
        }
    }

    private void attempt(Unit unit, Side by) throws SQLException {
        Map<Integer, Item> after = new TreeMap<>(rows);
        try (Connection connection = subject.database(by).connect()) {
            connection.setAutoCommit(false);
            for (Unit.Write write : unit.writes()) {
                write(connection, by, write, after);
            }
            if (unit.committed()) {
                connection.commit();
                rows = after;
                toll.committed.merge(by, unit.writes().size(), Integer::sum);
            } else {
                connection.rollback();
                toll.rolledBack++;
            }
        }
    }

    private void write(Connection connection, Side by, Unit.Write write, Map<Integer, Item> after) throws SQLException {
        if (write instanceof Unit.Write.Put put) {
            put(connection, by, own(put.key()), put.item(), after);
        } else if (write instanceof Unit.Write.Delete delete) {
            if (known(by, after.get(own(delete.key())))) {
                subject.items(by).delete(connection, own(delete.key()));
                after.remove(own(delete.key()));
            }
        } else if (write instanceof Unit.Write.Rekey rekey) {
            Item item = after.get(own(rekey.key()));
            if (item != null && known(by, item) && !after.containsKey(own(rekey.to()))) {
                subject.items(by).rekey(connection, own(rekey.key()), own(rekey.to()));
                after.remove(own(rekey.key()));
                after.put(own(rekey.to()), item);
            }
        } else if (write instanceof Unit.Write.Recount recount) {
            recount(connection, by, recount.count(), after);
        }
    }

    private boolean known(Side by, @Nullable Item item) {
        return item == null || item.movable() || subject.holdsUnmovable(by);
    }

    /** The new side has no row, or an empty one, of what could not be moved: that is for the old application to mend. */
    private void put(Connection connection, Side by, int key, Item item, Map<Integer, Item> after) throws SQLException {
        Item before = after.get(key);
        if (by == Side.NEW && (!item.movable() || (before != null && !before.movable()))) {
            return;
        }
        if (before == null) {
            subject.items(by).insert(connection, key, item);
        } else {
            subject.items(by).update(connection, key, item);
        }
        after.put(key, item);
    }

    private void recount(Connection connection, Side by, int count, Map<Integer, Item> after) throws SQLException {
        boolean knownThere = after.values().stream().allMatch(Item::movable);
        Set<Integer> keys = Set.copyOf(after.keySet());
        if (keys.isEmpty() || (by == Side.NEW && !knownThere)) {
            return;
        }
        subject.items(by).recount(connection, keys, count);
        after.replaceAll((key, item) -> new Item(item.name(), Optional.of(count)));
    }

    private int own(int key) {
        return key * writers + number;
    }
}
