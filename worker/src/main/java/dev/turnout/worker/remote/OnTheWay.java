package dev.turnout.worker.remote;

import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a move that are named in a changelog, told as the new side tells them, so that the names of both sides compare.
 *
 * @param all it cannot be told which: there are too many, or a change names more than a row
 */
record OnTheWay(Ferry ferry, boolean all, Set<List<@Nullable String>> told) {
    /** Of the old side's changelog. */
    static OnTheWay there(Connection old, Site site, Ferry ferry, int most) throws SQLException {
        List<Changelog.Change> changes =
                Changelog.pending(old, site, ferry.route().move(), most);
        Set<List<@Nullable String>> told = new LinkedHashSet<>();
        for (Changelog.Change change : changes) {
            if (change.namesRow()) {
                ferry.counterpart().told(Load.key(change)).ifPresent(told::add);
            }
        }
        return new OnTheWay(ferry, unclear(changes, most), told);
    }

    /** Of the new side's changelog. */
    static OnTheWay back(Connection fresh, Site site, Ferry ferry, int most) throws SQLException {
        List<Changelog.Change> changes =
                Changelog.pending(fresh, site, ferry.route().move(), most);
        Set<List<@Nullable String>> told = new LinkedHashSet<>();
        for (Changelog.Change change : changes) {
            if (change.namesRow()) {
                ferry.counterpart()
                        .keyOf(Load.key(change))
                        .flatMap(ferry.counterpart()::told)
                        .ifPresent(told::add);
            }
        }
        return new OnTheWay(ferry, unclear(changes, most), told);
    }

    private static boolean unclear(List<Changelog.Change> changes, int most) {
        return changes.size() == most || changes.stream().anyMatch(change -> !change.namesRow());
    }

    /** @param key of the old side */
    boolean has(List<String> key) {
        return all || ferry.counterpart().told(key).filter(told::contains).isPresent();
    }
}
