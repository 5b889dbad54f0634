package dev.turnout.worker.testkit;

import dev.turnout.worker.jdbc.Failure;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What databases told the writers of a test, row by row, to be held against what is there in the end. A row is written by
 * one writer at a time. Thread-safe.
 */
public final class Promises {
    private final Map<String, State> rows = new HashMap<>();
    private long kept;

    /**
     * What may stand in a row.
     *
     * @param settled acknowledged last; an empty value: no row
     * @param open sent, with an unknown fate: the connection died before the answer
     */
    private record State(Optional<String> settled, Optional<Optional<String>> open) {
        boolean allows(Optional<String> found) {
            return settled.equals(found) || open.filter(found::equals).isPresent();
        }
    }

    /** One write. */
    @FunctionalInterface
    public interface Write {
        /** @return rows that the database says were changed */
        int run() throws SQLException;
    }

    /** The row stands before anybody writes it. */
    public synchronized void given(String row, String value) {
        rows.put(row, new State(Optional.of(value), Optional.empty()));
    }

    /** Whether the row may be written: the fate of every write to it is known. */
    public synchronized boolean settled(String row) {
        State state = rows.get(row);
        return state == null || state.open().isEmpty();
    }

    /** The acknowledged value; empty when there is no row. */
    public synchronized Optional<String> value(String row) {
        State state = rows.get(row);
        return state == null ? Optional.empty() : state.settled();
    }

    /** Writes acknowledged so far. */
    public synchronized long kept() {
        return kept;
    }

    /**
     * Makes a write in auto-commit and records what came of it; a failure is recorded and thrown.
     *
     * @param value of the row afterwards; empty: it is deleted
     * @return whether the row was changed
     */
    public boolean write(String row, Optional<String> value, Write write) throws SQLException {
        if (!settled(row)) {
            throw new IllegalStateException("the fate of a write to " + row + " is unknown");
        }
        try {
            boolean changed = write.run() > 0;
            if (changed) {
                settle(row, value);
            }
            return changed;
        } catch (SQLException e) {
            if (Failure.of(e) == Failure.CONNECTION_LOST) {
                leaveOpen(row, value);
            }
            throw e;
        }
    }

    private synchronized void settle(String row, Optional<String> value) {
        rows.put(row, new State(value, Optional.empty()));
        kept++;
    }

    private synchronized void leaveOpen(String row, Optional<String> value) {
        rows.put(row, new State(value(row), Optional.of(value)));
    }

    /** Row by row what contradicts a promise: lost, come back, other than written, from nowhere. Empty: all are kept. */
    public synchronized List<String> brokenBy(Map<String, String> found) {
        List<String> broken = new ArrayList<>();
        Map<String, String> left = new LinkedHashMap<>(found);
        new TreeMap<>(rows).forEach((row, state) -> {
            Optional<String> is = Optional.ofNullable(left.remove(row));
            if (!state.allows(is)) {
                String was = state.settled().orElse("deleted")
                        + state.open()
                                .map(open -> " or " + open.orElse("deleted"))
                                .orElse("");
                broken.add(row + " should be " + was + " and is " + is.orElse("not there"));
            }
        });
        left.forEach((row, value) -> broken.add(row + " is " + value + " and nobody wrote it"));
        return broken;
    }
}
