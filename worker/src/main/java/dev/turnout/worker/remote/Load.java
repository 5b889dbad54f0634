package dev.turnout.worker.remote;

import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Some changes of one route, on their way through one pair of transactions. Immutable. */
record Load(Route route, List<Changelog.Change> changes) {
    /** Reads the rows anew; to be called with the gate taken. */
    Read read(Connection source, Connection target, Ferry ferry) throws SQLException {
        Ferry.Delta delta = ferry.delta(source, target, keys());
        return new Read(
                this,
                ferry,
                route.reverses().isEmpty()
                        ? delta
                        : new Ferry.Delta(Kept.in(source, target, ferry, delta.standing(), fed()), delta.gone()));
    }

    List<List<String>> keys() {
        return Ferry.distinct(changes.stream().map(Load::key).toList());
    }

    /** Keys of the rows of which a change says so. */
    Set<List<String>> fed() {
        Set<List<String>> fed = new LinkedHashSet<>();
        changes.stream().filter(Changelog.Change::fed).forEach(change -> fed.add(key(change)));
        return fed;
    }

    static List<String> key(Changelog.Change change) {
        return Keys.parse(change.key().orElseThrow()).stream()
                .map(text -> Objects.requireNonNull(text, "a key is never NULL"))
                .toList();
    }

    /** @param delta what the target must be made to hold */
    record Read(Load load, Ferry ferry, Ferry.Delta delta) {}

    /** Why a row did not land. */
    record Miss(Ferry.Bad bad, boolean lacksAnother, Optional<String> row) {}

    /**
     * How a load landed.
     *
     * @param misses by key; every other row stands in the target
     */
    record Outcome(Load load, Map<List<String>, Miss> misses) {
        /**
         * Takes the changes off the queue and puts the rows aside that did not land.
         *
         * @param patience how long a row that lacks another one is tried again: the other may be on its way
         * @return changes that are dealt with
         */
        int record(Connection source, Site site, Duration patience) throws SQLException {
            int postponed = 0;
            Route route = load.route;
            Map<List<String>, Changelog.Change> oldest = new LinkedHashMap<>();
            load.changes.forEach(change -> oldest.putIfAbsent(key(change), change));
            for (Map.Entry<List<String>, Miss> one : misses.entrySet()) {
                Miss miss = one.getValue();
                Changelog.Change change = oldest.get(one.getKey());
                if (miss.lacksAnother() && change != null && change.age().compareTo(patience) < 0) {
                    postponed++;
                    Changelog.postpone(source, site, route.move(), change);
                } else {
                    Aside.put(
                            source,
                            site,
                            route,
                            one.getKey(),
                            new Aside.Note(
                                    "SYNC", miss.bad().sqlState(), miss.bad().words(), miss.row()));
                }
            }
            Changelog.done(source, site, route.move(), load.changes);
            resolve(source, site, oldest);
            return load.changes.size() - postponed;
        }

        /** What is put aside and has landed now is put aside no more. */
        private void resolve(Connection source, Site site, Map<List<String>, Changelog.Change> carried)
                throws SQLException {
            Map<List<String>, Aside.Open> open = new HashMap<>();
            Aside.open(source, site, load.route).forEach(row -> open.put(row.key(), row));
            for (List<String> key : carried.keySet()) {
                Aside.Open row = open.get(key);
                if (row != null && !misses.containsKey(key)) {
                    Aside.resolve(source, row);
                }
            }
        }
    }
}
