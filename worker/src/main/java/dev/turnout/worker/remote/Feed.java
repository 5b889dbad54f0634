package dev.turnout.worker.remote;

import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Carries what the old side still feeds of a move whose rows are the new side's by now: columns that are made of other
 * tables. Nothing else: a row that was changed itself on the old side came too late, and is put aside with the values of both
 * sides. The row of the new side is locked from before the old one is read until it is written, and waits while a change
 * of it is on its way back; so nothing newer is ever overwritten. Stateless.
 */
final class Feed {
    private static final int CHANGES_AT_ONCE = 200;
    private static final int CHANGES_LOOKED_AT = 5_000;
    /** It locks rows of applications, and is the one that yields. */
    private static final Limits TARGET = new Limits(Duration.ofMillis(300), Duration.ofSeconds(30), 1);

    private Feed() {}

    /** How it went: some changes wait for others. */
    private record Fed(Load.Outcome outcome, List<Changelog.Change> waiting) {}

    /** @return changes that are dealt with */
    static int carry(Connection source, Site site, Route route, Duration patience) throws SQLException {
        List<Changelog.Change> claimed = Changelog.claim(source, site, route.move(), CHANGES_AT_ONCE).stream()
                .filter(Changelog.Change::namesRow)
                .toList();
        if (claimed.isEmpty()) {
            return 0;
        }
        Fed fed = site.database(route.other()).transaction(TARGET, target -> {
            Bookkeeping.fence(target, site);
            SearchPath.of(target, site.spec(), route.other());
            Gate.exclusive(target, site, route.move());
            return carry(source, target, site, Ferry.of(source, target, route), claimed);
        });
        for (Changelog.Change change : fed.waiting()) {
            Changelog.postpone(source, site, route.move(), change);
        }
        return fed.outcome().record(source, site, patience);
    }

    private static Fed carry(
            Connection source, Connection target, Site site, Ferry ferry, List<Changelog.Change> claimed)
            throws SQLException {
        Load all = new Load(ferry.route(), claimed);
        ferry.lock(target, all.keys());
        OnTheWay back = OnTheWay.back(target, site, ferry, CHANGES_LOOKED_AT);
        List<Changelog.Change> ready = new ArrayList<>();
        List<Changelog.Change> waiting = new ArrayList<>();
        claimed.forEach(change -> (back.has(Load.key(change)) ? waiting : ready).add(change));
        Load load = new Load(ferry.route(), ready);

        Set<List<String>> late = new LinkedHashSet<>();
        ready.stream().filter(change -> !change.fed()).forEach(change -> late.add(Load.key(change)));
        Map<List<String>, List<Comparison.Wrong>> wrong = new LinkedHashMap<>();
        Map<List<String>, Load.Miss> misses = new LinkedHashMap<>();
        Ferry.Delta delta = ferry.delta(source, target, load.keys());
        delta.standing().forEach(row -> row.bad()
                .ifPresent(bad -> misses.put(row.key(), new Load.Miss(bad, false, Optional.empty()))));
        for (Comparison.Wrong one : ferry.differences(target, delta)) {
            wrong.computeIfAbsent(one.key(), key -> new ArrayList<>()).add(one);
        }
        List<String> fed = ferry.route().fed();
        List<Ferry.Wanted> follow = new ArrayList<>();
        for (Ferry.Wanted row : delta.standing()) {
            List<Comparison.Wrong> differing = wrong.getOrDefault(row.key(), List.of());
            if (!differing.isEmpty()
                    && !late.contains(row.key())
                    && differing.stream().allMatch(one -> fed.contains(one.column()))) {
                follow.add(row);
                wrong.remove(row.key());
            }
        }
        wrong.forEach((key, differing) -> misses.put(
                key,
                Contradiction.miss(
                        key, "a change of the old side came after the new side had the authority", differing)));
        Load.Outcome landed = Landing.of(
                        target, List.of(new Load.Read(load, ferry, new Ferry.Delta(follow, List.of()))))
                .get(0);
        misses.putAll(landed.misses());
        return new Fed(new Load.Outcome(load, misses), waiting);
    }
}
