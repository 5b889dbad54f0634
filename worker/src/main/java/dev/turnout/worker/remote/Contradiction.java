package dev.turnout.worker.remote;

import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the new side has written and the old side, having been told, gives otherwise: the mapping would overwrite it. Looked
 * for right after the rows have been carried back, in the same transaction; stateless.
 */
final class Contradiction {
    /** Of the SQL standard: a triggered data change violation. */
    static final String STATE = "27000";
    /** More changes than this are not searched for a row: it is looked at again when it is carried the next time. */
    private static final int CHANGES_LOOKED_AT = 5_000;

    private Contradiction() {}

    /**
     * By the keys of the new side: why a row is to be put aside although it was carried.
     *
     * @param fresh a connection to the new side, from which the rows were read
     * @param landed without those that did not land
     */
    static Map<List<String>, Load.Miss> of(
            Connection fresh, Connection old, Site site, Load.Read read, List<Ferry.Wanted> landed)
            throws SQLException {
        Map<List<String>, Load.Miss> misses = new LinkedHashMap<>();
        if (landed.isEmpty()) {
            return misses;
        }
        Route back = read.ferry().route();
        Route forward = back.reverses().orElseThrow();
        Ferry there = Ferry.of(old, fresh, forward);
        Map<List<@Nullable String>, Ferry.Wanted> byTold = new LinkedHashMap<>();
        Map<List<@Nullable String>, List<String>> oldKeys = new LinkedHashMap<>();
        for (Ferry.Wanted row : landed) {
            List<String> key = Kept.oldKey(read.ferry().target(), row, forward);
            there.counterpart().told(key).ifPresent(told -> {
                byTold.put(told, row);
                oldKeys.put(told, key);
            });
        }
        Set<List<String>> newer = newer(fresh, site, read.load());
        Set<List<String>> written = read.load().fed();
        Map<List<String>, List<Comparison.Wrong>> wrong = new LinkedHashMap<>();
        Map<List<String>, List<String>> fed = new LinkedHashMap<>();
        for (Comparison.Wrong one : there.differences(old, fresh, List.copyOf(oldKeys.values()))) {
            List<@Nullable String> told = there.counterpart().told(one.key()).orElseThrow();
            Ferry.Wanted row = byTold.get(told);
            if (row == null || newer.contains(row.key())) {
                continue;
            }
            boolean isFed = forward.fed().contains(one.column());
            // What the old side feeds and the application has not written follows by itself.
            if (isFed && !written.contains(row.key())) {
                continue;
            }
            wrong.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(one);
            if (isFed) {
                fed.put(row.key(), Objects.requireNonNull(oldKeys.get(told)));
            }
        }
        wrong.forEach((key, all) ->
                misses.put(key, miss(key, "the old side makes something else of what the new side has written", all)));
        Changelog.put(old, site, forward.move(), fed.values(), true);
        return misses;
    }

    /** A row whose sides disagree, with the values of both. */
    static Load.Miss miss(List<String> key, String why, List<Comparison.Wrong> wrong) {
        List<String> words = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<@Nullable String> values = new ArrayList<>();
        for (Comparison.Wrong one : wrong) {
            words.add(
                    one.column() + " is " + one.found() + " on the new side and " + one.expected() + " by the old one");
            names.add(one.column() + ", old side");
            values.add(one.expected());
            names.add(one.column() + ", new side");
            values.add(one.found());
        }
        String row = Keys.object(names, values).replace("\\u0000", "\\\\0");
        return new Load.Miss(new Ferry.Bad(key, STATE, why + ": " + String.join("; ", words)), false, Optional.of(row));
    }

    /** Rows that have been written again since they were read. */
    private static Set<List<String>> newer(Connection fresh, Site site, Load load) throws SQLException {
        Set<Long> claimed = new LinkedHashSet<>();
        load.changes().forEach(change -> claimed.add(change.seq()));
        Set<List<String>> newer = new LinkedHashSet<>();
        for (Changelog.Change change :
                Changelog.pending(fresh, site, load.route().move(), CHANGES_LOOKED_AT)) {
            if (change.namesRow() && !claimed.contains(change.seq())) {
                newer.add(Load.key(change));
            }
        }
        return newer;
    }
}
