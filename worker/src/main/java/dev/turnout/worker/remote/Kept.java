package dev.turnout.worker.remote;

import dev.turnout.migration.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a way back leaves as it is: an old column whose {@code down} reads nothing but what the old row gives already, or
 * feeds and will give in a moment. The new side tells nothing new by it, and the old value may say more: which service it
 * was whose event type is archived, say. Stateless.
 */
final class Kept {
    private Kept() {}

    /**
     * @param ferry of a way back
     * @param standing rows of the new side, as the old side's; those of them that cannot cross stay as they are
     * @param written keys of those in which the new side has written a column that the old side feeds
     */
    static List<Ferry.Wanted> in(
            Connection fresh, Connection old, Ferry ferry, List<Ferry.Wanted> standing, Set<List<String>> written)
            throws SQLException {
        List<Ferry.Wanted> good =
                standing.stream().filter(row -> row.bad().isEmpty()).toList();
        if (good.isEmpty()) {
            return standing;
        }
        TargetTable table = ferry.target();
        Route forward = ferry.route().reverses().orElseThrow();
        Ferry there = Ferry.of(old, fresh, forward);
        Map<List<@Nullable String>, List<@Nullable String>> before = new HashMap<>();
        for (List<@Nullable String> row : table.standing(
                old, good.stream().map(one -> table.as(one.values())).toList())) {
            before.put(table.as(row), row);
        }
        Map<List<String>, Set<String>> news = news(
                fresh,
                old,
                there,
                good.stream().map(row -> oldKey(table, row, forward)).toList());
        List<Ferry.Wanted> all = new ArrayList<>();
        for (Ferry.Wanted row : standing) {
            List<@Nullable String> was = row.bad().isPresent() ? null : before.get(table.as(row.values()));
            Set<String> differing = was == null ? null : news.get(oldKey(table, row, forward));
            if (was == null || differing == null) {
                all.add(row);
                continue;
            }
            if (!written.contains(row.key())) {
                differing.removeAll(forward.fed());
            }
            all.add(keep(ferry.route(), table, row, was, differing));
        }
        return all;
    }

    /** By old key the new columns in which a row is not what the old one gives; absent: it gives none. */
    private static Map<List<String>, Set<String>> news(
            Connection fresh, Connection old, Ferry there, List<List<String>> keys) throws SQLException {
        Ferry.Delta given = there.delta(old, fresh, keys);
        Map<List<String>, Set<String>> news = new LinkedHashMap<>();
        for (Ferry.Wanted row : given.standing()) {
            if (row.bad().isEmpty()) {
                news.put(row.key(), new HashSet<>());
            }
        }
        for (Comparison.Wrong one : there.differences(fresh, given)) {
            Set<String> columns = news.get(one.key());
            if (columns != null) {
                columns.add(one.column());
            }
        }
        return news;
    }

    private static Ferry.Wanted keep(
            Route back, TargetTable table, Ferry.Wanted row, List<@Nullable String> was, Set<String> differing) {
        if (differing.contains(Comparison.THE_ROW)) {
            return row;
        }
        Set<String> given = back.reverses().orElseThrow().up().keySet();
        List<@Nullable String> values = new ArrayList<>(row.values());
        for (int i = 0; i < values.size(); i++) {
            String column = table.columns().get(i);
            Set<String> read = SqlText.columns(Objects.requireNonNull(back.up().get(column), column), back.alias());
            if (!back.as().containsKey(column)
                    && !read.isEmpty()
                    && given.containsAll(read)
                    && read.stream().noneMatch(differing::contains)) {
                values.set(i, was.get(i));
            }
        }
        return new Ferry.Wanted(row.key(), values, row.bad());
    }

    /** The key of the row of the old side. */
    static List<String> oldKey(TargetTable table, Ferry.Wanted row, Route forward) {
        return forward.key().stream()
                .map(column ->
                        Objects.requireNonNull(row.values().get(table.columns().indexOf(column)), column))
                .toList();
    }
}
