package dev.turnout.worker.remote;

import dev.turnout.migration.Side;
import dev.turnout.worker.backfill.Chunk;
import dev.turnout.worker.backfill.Chunks;
import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.bookkeeping.Bookkeeping;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.SearchPath;
import dev.turnout.worker.phase.Site;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies a chunk whose two sides are on two servers. Reading both is no snapshot, so what differs is only suspected; it is a
 * mismatch when it still differs under the gate, where nobody writes the target, with no change of that row in the changelog
 * that was read after the row: every change that the row shows has been carried by then. Once the new side writes a move,
 * both changelogs and both gates count. The rows themselves are compared,
 * and no sums of them: they all pass through here anyway. Stateless and thread-safe.
 */
public final class RemoteCheck {
    private static final int ROWS_AT_ONCE = 500;
    private static final int SAMPLES = 5;
    /** More changes than this are not searched for a row: it counts as one that is still on its way. */
    private static final int CHANGES_LOOKED_AT = 5_000;

    private static final Limits GATE = new Limits(Duration.ofSeconds(5), Duration.ofSeconds(30), 1);

    private RemoteCheck() {}

    /**
     * @param rows looked at
     * @param rejected put aside, so not compared
     * @param differing rows that are not what the mapping says, whatever is still on its way
     * @param undecided rows that differ and have changes on their way: the chunk has to be looked at again
     * @param keys of the differing rows
     * @param samples of the first differing rows, each value that is wrong
     */
    public record Finding(
            long rows,
            long rejected,
            long differing,
            long undecided,
            Collection<List<String>> keys,
            List<Sample> samples) {
        public Finding {
            keys = List.copyOf(keys);
            samples = List.copyOf(samples);
        }
    }

    /** @param key as JSON */
    public record Sample(String key, String column, String expected, String found) {}

    /** Whether the chunks of that name are verified here. */
    public static boolean carries(Site site, String name) {
        return Route.names(site.spec()).contains(name);
    }

    public static Finding run(Site site, Chunk chunk) throws SQLException {
        Route route = Route.forward(site.spec()).stream()
                .filter(one -> one.move().equals(chunk.table()))
                .findFirst()
                .orElseThrow();
        // Both only read; the one of the target stays open while pages are read, and holds nothing.
        return site.database(Side.OLD).transaction(Limits.SCAN, source -> site.database(Side.NEW)
                .transaction(Limits.SCAN, target -> look(source, target, site, route, chunk)));
    }

    private static Finding look(Connection source, Connection target, Site site, Route route, Chunk chunk)
            throws SQLException {
        SearchPath.of(source, site.spec(), Side.OLD);
        Ferry ferry = Ferry.of(source, target, route);
        long[] rows = new long[1];
        Set<List<String>> suspects = new LinkedHashSet<>();
        for (Optional<KeyRange> rest = Optional.of(chunk.range()); rest.isPresent(); ) {
            Ferry.Page page = ferry.page(source, rest.get(), ROWS_AT_ONCE);
            rows[0] += page.rows().size() + page.bad().size();
            page.bad().forEach(bad -> suspects.add(bad.key()));
            suspects.addAll(ferry.bad(page.rows()));
            compare(ferry, target, ferry.good(page.rows())).forEach(wrong -> suspects.add(wrong.key()));
            rest = page.rest();
        }
        if (chunk.seq() == Chunks.TAIL) {
            // Once per pass over the table: rows of the target that no row of the source is the reason for.
            Standing.pages(target, site, route, held -> suspects.addAll(tooMany(source, target, ferry, held)));
        }
        return decide(site, route, suspects, rows[0]);
    }

    private static List<Comparison.Wrong> compare(Ferry ferry, Connection target, List<Ferry.Wanted> good)
            throws SQLException {
        return Comparison.of(
                ferry.target(),
                good,
                ferry.target()
                        .found(
                                target,
                                good.stream()
                                        .map(row -> ferry.target().as(row.values()))
                                        .toList()));
    }

    private static List<List<String>> tooMany(
            Connection source, Connection target, Ferry ferry, List<List<String>> held) throws SQLException {
        List<List<String>> keys = new ArrayList<>();
        for (List<String> one : held) {
            // A row that no key could be the reason for has none to be asked about: it is shown by what it holds.
            keys.add(ferry.counterpart().keyOf(one).orElse(one));
        }
        return ferry.delta(source, target, keys).gone();
    }

    private static Finding decide(Site site, Route route, Set<List<String>> suspects, long rows) throws SQLException {
        long rejected = 0;
        long undecided = 0;
        Map<List<String>, Set<Comparison.Wrong>> wrong = new LinkedHashMap<>();
        List<List<String>> left = new ArrayList<>(suspects);
        for (int from = 0; from < left.size(); from += ROWS_AT_ONCE) {
            List<List<String>> some = left.subList(from, Math.min(left.size(), from + ROWS_AT_ONCE));
            Decision decision = underGate(site, route, some);
            rejected += decision.aside();
            undecided += decision.undecided();
            decision.wrong().forEach(one -> wrong.computeIfAbsent(one.key(), key -> new LinkedHashSet<>())
                    .add(one));
        }
        return new Finding(
                rows,
                rejected,
                wrong.size(),
                undecided,
                wrong.keySet(),
                wrong.values().stream()
                        .limit(SAMPLES)
                        .flatMap(Set::stream)
                        .map(one -> new Sample(
                                one.key().size() == route.key().size()
                                        ? Keys.object(route.key(), List.copyOf(one.key()))
                                        : one.key().toString(),
                                one.column(),
                                one.expected(),
                                one.found()))
                        .toList());
    }

    private record Decision(int aside, int undecided, List<Comparison.Wrong> wrong) {}

    private static Decision underGate(Site site, Route route, List<List<String>> suspects) throws SQLException {
        boolean handedOver = handedOver(site, route);
        return site.database(Side.OLD)
                .transaction(GATE, source -> site.database(Side.NEW).transaction(GATE, target -> {
                    Bookkeeping.fence(target, site);
                    Gate.exclusive(target, site, route.move());
                    if (handedOver) {
                        Gate.exclusive(source, site, route.move());
                    }
                    Decision decision = decide(source, target, site, new Suspects(route, handedOver, suspects));
                    // Given away meanwhile: what has been written on the other side since then was not asked about.
                    return handedOver(source, site, route) == handedOver
                            ? decision
                            : new Decision(0, suspects.size(), List.of());
                }));
    }

    /** @param handedOver the new side writes the move by now: then changes may be on their way back as well */
    private record Suspects(Route route, boolean handedOver, List<List<String>> keys) {}

    private static boolean handedOver(Site site, Route route) throws SQLException {
        return site.database(Side.OLD)
                .transaction(Limits.BOOKKEEPING, connection -> handedOver(connection, site, route));
    }

    private static boolean handedOver(Connection old, Site site, Route route) throws SQLException {
        return route.back().isPresent() && Flip.authority(old, site) == Side.NEW;
    }

    private static Decision decide(Connection source, Connection target, Site site, Suspects suspects)
            throws SQLException {
        Route route = suspects.route();
        SearchPath.of(source, site.spec(), Side.OLD);
        Ferry ferry = Ferry.of(source, target, route);
        Ferry.Delta delta = ferry.delta(source, target, suspects.keys());
        List<Comparison.Wrong> wrong = new ArrayList<>(ferry.differences(target, delta));
        delta.standing().forEach(row -> row.bad()
                .ifPresent(bad -> wrong.add(new Comparison.Wrong(
                        row.key(), Comparison.THE_ROW, "put aside: " + bad.words(), "not put aside"))));
        // After the rows were read: what they show is either here, or carried, as nobody can carry now.
        List<OnTheWay> onTheWay = new ArrayList<>(List.of(OnTheWay.there(source, site, ferry, CHANGES_LOOKED_AT)));
        Set<List<String>> aside = new LinkedHashSet<>();
        Aside.open(source, site, route).forEach(row -> aside.add(row.key()));
        if (suspects.handedOver()) {
            onTheWay.add(OnTheWay.back(target, site, ferry, CHANGES_LOOKED_AT));
            Aside.open(target, site, route.back().orElseThrow())
                    .forEach(row -> ferry.counterpart().keyOf(row.key()).ifPresent(aside::add));
        }
        Set<List<String>> asides = new LinkedHashSet<>();
        Set<List<String>> undecided = new LinkedHashSet<>();
        List<Comparison.Wrong> sure = new ArrayList<>();
        for (Comparison.Wrong one : wrong) {
            if (aside.contains(one.key())) {
                asides.add(one.key());
            } else if (onTheWay.stream().anyMatch(changes -> changes.has(one.key()))) {
                undecided.add(one.key());
            } else {
                sure.add(one);
            }
        }
        return new Decision(asides.size(), undecided.size(), sure);
    }

    /** Names the differing rows in the changelogs, so that the applier brings them up to date. */
    public static void repair(Site site, Chunk chunk, Finding finding) throws SQLException {
        Route route = Route.forward(site.spec()).stream()
                .filter(one -> one.move().equals(chunk.table()))
                .findFirst()
                .orElseThrow();
        boolean handedOver = handedOver(site, route);
        List<List<String>> keys = finding.keys().stream()
                .filter(key -> key.size() == route.key().size())
                .toList();
        if (handedOver) {
            // What the new side says counts, but for what the old one feeds; and that is looked at after the way back.
            site.database(Side.OLD).transaction(Limits.BOOKKEEPING, source -> site.database(Side.NEW)
                    .transaction(Limits.BOOKKEEPING, target -> {
                        Bookkeeping.fence(target, site);
                        SearchPath.of(source, site.spec(), Side.OLD);
                        Ferry ferry = Ferry.of(source, target, route);
                        List<List<String>> back = new ArrayList<>();
                        keys.forEach(key -> ferry.counterpart().held(key).ifPresent(back::add));
                        Changelog.put(target, site, route.move(), back);
                        return back;
                    }));
        }
        site.database(Side.OLD).transaction(Limits.BOOKKEEPING, connection -> {
            Bookkeeping.fence(connection, site);
            Changelog.put(connection, site, route.move(), keys, handedOver);
            return keys;
        });
    }
}
