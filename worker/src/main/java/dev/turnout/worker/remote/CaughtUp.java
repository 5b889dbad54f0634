package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Database;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.jdbc.Work;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Asks the new side on another server as it stands once everything is carried that the old side had committed at one moment:
 * changes of one transaction arrive one after the other, so a question over several rows finds in between what never was.
 * While nothing else is carried, what is on its way is read in one snapshot of the old side and written, and then a snapshot
 * is taken of the new one. So the answer is that of this moment, however fast changes come; and as the question goes to the
 * snapshot, changes are carried on while it is thought about. Stateless and thread-safe.
 */
public final class CaughtUp {
    /** More rows than this are not written for a question: nothing else would be carried for too long. */
    private static final int MOST = 20_000;

    private static final int ROWS_AT_ONCE = 500;
    /** For as long nothing else is carried. */
    private static final Limits PAUSED = new Limits(Duration.ofSeconds(5), Duration.ofSeconds(10), 1);

    private static final Limits QUESTION = new Limits(Duration.ofSeconds(5), Duration.ofHours(1), 1);

    private CaughtUp() {}

    /** Whether that side may be behind the other one, so that what is wrong there may be right in a moment. */
    public static boolean mayBeBehind(Site site, Side side) throws SQLException {
        return side == Side.NEW && !Route.forward(site.spec()).isEmpty() && Flip.authority(site) == Side.OLD;
    }

    /**
     * The answer of the new side. Waits for batches under way; everything that carries waits until the snapshot is taken,
     * and not for the answer.
     *
     * @throws SQLException also when it cannot be known yet, because too much is on its way: to be asked again
     */
    public static <T> T ask(Site site, Work<T> question) throws SQLException {
        Pause.possible(site);
        Database fresh = site.database(Side.NEW);
        return fresh.snapshot(
                QUESTION,
                snapshot -> fresh.transaction(PAUSED, pause -> {
                    Bookkeeping.fence(pause, site);
                    Pause.begin(pause, site);
                    arrive(site);
                    // MySQL's begins with what it reads first.
                    Sql.rows(snapshot.take(), "SELECT epoch FROM turnout.run WHERE run = ?", site.run());
                    // Had the pause been lost meanwhile, others might have gone on too soon: this fails then.
                    Pause.begin(pause, site);
                    return site;
                }),
                connection -> {
                    SearchPath.of(connection, site.spec(), Side.NEW);
                    return question.with(connection);
                });
    }

    /** What is on its way is not taken off the changelog: it is carried once more, and finds itself there. */
    private static void arrive(Site site) throws SQLException {
        site.database(Side.NEW).transaction(PAUSED, target -> {
            Bookkeeping.fence(target, site);
            SearchPath.of(target, site.spec(), Side.NEW);
            List<Route> routes = Route.forward(site.spec());
            for (Route route : routes) {
                Gate.exclusive(target, site, route.move());
            }
            // Begins behind the gates: a change that its changelog does not name any more has been written there.
            List<Load.Read> reads =
                    site.database(Side.OLD).snapshot(Limits.SCAN, source -> onTheWay(source, target, site, routes));
            return Landing.of(target, reads);
        });
    }

    private static List<Load.Read> onTheWay(Connection source, Connection target, Site site, List<Route> routes)
            throws SQLException {
        SearchPath.of(source, site.spec(), Side.OLD);
        Map<Route, List<List<String>>> named = new LinkedHashMap<>();
        int rows = 0;
        for (Route route : routes) {
            List<List<String>> keys = keys(source, site, route);
            named.put(route, keys);
            rows += keys.size();
        }
        if (rows > MOST) {
            throw notYet(rows + " rows are");
        }
        List<Load.Read> reads = new ArrayList<>();
        for (Map.Entry<Route, List<List<String>>> one : named.entrySet()) {
            List<List<String>> keys = one.getValue();
            if (keys.isEmpty()) {
                continue;
            }
            Ferry ferry = Ferry.of(source, target, one.getKey());
            for (int at = 0; at < keys.size(); at += ROWS_AT_ONCE) {
                List<List<String>> some = keys.subList(at, Math.min(keys.size(), at + ROWS_AT_ONCE));
                reads.add(new Load.Read(new Load(one.getKey(), List.of()), ferry, ferry.delta(source, target, some)));
            }
        }
        return reads;
    }

    /** Of the rows that changes name, or touch. */
    private static List<List<String>> keys(Connection source, Site site, Route route) throws SQLException {
        List<Changelog.Change> changes = Changelog.pending(source, site, route.move(), MOST + 1);
        if (changes.size() > MOST) {
            throw notYet("more than " + MOST + " changes of " + route.move() + " are");
        }
        Set<List<String>> keys = new LinkedHashSet<>();
        Map<String, Map<String, ColumnType>> read = new HashMap<>();
        for (Changelog.Change change : changes) {
            if (change.namesRow()) {
                keys.add(Load.key(change));
                continue;
            }
            if (change.key().isEmpty()) {
                throw notYet("every row of " + route.from() + " is");
            }
            String table = change.table();
            if (!read.containsKey(table)) {
                read.put(table, Wide.read(source, site, route, table));
            }
            keys.addAll(Touching.keys(
                    source,
                    SourceTable.of(source, route),
                    new SourceTable.Other(
                            Objects.requireNonNull(route.touchedBy().get(table), table),
                            Objects.requireNonNull(read.get(table)),
                            Keys.parse(change.key().orElseThrow()))));
        }
        return List.copyOf(keys);
    }

    /** As a collision: whoever repeats it may have an answer. */
    private static SQLException notYet(String what) {
        return new SQLTransactionRollbackException(
                what + " on the way to the other server: what holds there is not known before they have arrived",
                "40001");
    }
}
