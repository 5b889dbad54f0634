package dev.turnout.worker.remote;

import dev.turnout.worker.jdbc.Failure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes loads into the target: what must stand in the order of the routes, so that a parent comes before its children, then
 * what must go the other way round. All at once; one by one when the target takes one of them for bad.
 */
final class Landing {
    /** A reference that leads nowhere, in PostgreSQL; in MySQL that and what is still referred to. */
    private static final Set<Integer> MYSQL_REFERENCES = Set.of(1216, 1217, 1451, 1452);

    private final Connection target;
    private final List<Load.Read> reads;
    private final Map<String, Map<List<String>, Load.Miss>> misses = new HashMap<>();

    private Landing(Connection target, List<Load.Read> reads) {
        this.target = target;
        this.reads = reads;
    }

    static List<Load.Outcome> of(Connection target, List<Load.Read> reads) throws SQLException {
        Landing landing = new Landing(target, reads);
        landing.sortOut();
        if (!landing.tried(landing::atOnce) && !landing.tried(landing::exchanging)) {
            landing.oneByOne();
        }
        return reads.stream()
                .map(read -> new Load.Outcome(
                        read.load(), landing.misses(read.ferry().route())))
                .toList();
    }

    private Map<List<String>, Load.Miss> misses(Route route) {
        return misses.computeIfAbsent(route.move(), move -> new LinkedHashMap<>());
    }

    private void sortOut() {
        for (Load.Read read : reads) {
            for (Ferry.Wanted row : read.delta().standing()) {
                row.bad().ifPresent(bad -> misses(read.ferry().route())
                        .put(row.key(), new Load.Miss(bad, false, shown(read, row))));
            }
        }
    }

    private static Optional<String> shown(Load.Read read, Ferry.Wanted row) {
        if (row.values().isEmpty()) {
            return Optional.empty();
        }
        // PostgreSQL's JSON knows no NUL either.
        return Optional.of(
                Keys.object(read.ferry().target().columns(), row.values()).replace("\\u0000", "\\\\0"));
    }

    @FunctionalInterface
    private interface Way {
        void write() throws SQLException;
    }

    private boolean tried(Way way) throws SQLException {
        Savepoint before = target.setSavepoint();
        try {
            way.write();
            target.releaseSavepoint(before);
            return true;
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            target.rollback(before);
            return false;
        }
    }

    private void atOnce() throws SQLException {
        for (Load.Read read : reads) {
            read.ferry().upsert(target, good(read));
        }
        deletions();
    }

    /** Where one row takes a unique value over from another. */
    private void exchanging() throws SQLException {
        for (Load.Read read : reads) {
            if (read.ferry().target().exchangeable(target)) {
                read.ferry().replace(target, good(read));
            } else {
                read.ferry().upsert(target, good(read));
            }
        }
        deletions();
    }

    private void deletions() throws SQLException {
        for (int i = reads.size() - 1; i >= 0; i--) {
            reads.get(i).ferry().delete(target, reads.get(i).delta().gone());
        }
    }

    private static List<Ferry.Wanted> good(Load.Read read) {
        return read.delta().standing().stream()
                .filter(row -> row.bad().isEmpty())
                .toList();
    }

    private void oneByOne() throws SQLException {
        for (Load.Read read : reads) {
            for (Ferry.Wanted row : good(read)) {
                attempt(read, row.key(), shown(read, row), () -> read.ferry().upsert(target, List.of(row)));
            }
        }
        List<Load.Read> backwards = new ArrayList<>(reads);
        Collections.reverse(backwards);
        for (Load.Read read : backwards) {
            for (List<String> key : read.delta().gone()) {
                attempt(read, key, Optional.empty(), () -> read.ferry().delete(target, List.of(key)));
            }
        }
    }

    private void attempt(Load.Read read, List<String> key, Optional<String> row, Way way) throws SQLException {
        Savepoint before = target.setSavepoint();
        try {
            way.write();
            target.releaseSavepoint(before);
        } catch (SQLException e) {
            if (Failure.of(e) != Failure.BAD_DATA) {
                throw e;
            }
            target.rollback(before);
            String state = String.valueOf(e.getSQLState());
            boolean reference = state.equals("23503") || MYSQL_REFERENCES.contains(e.getErrorCode());
            misses(read.ferry().route())
                    .put(key, new Load.Miss(new Ferry.Bad(key, state, Failure.words(e)), reference, row));
        }
    }
}
