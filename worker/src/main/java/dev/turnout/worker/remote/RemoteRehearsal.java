package dev.turnout.worker.remote;

import dev.turnout.worker.backfill.KeyRange;
import dev.turnout.worker.jdbc.Failure;
import dev.turnout.worker.jdbc.Refusal;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Walks the way back from another server before the way forward opens: on scratch tables of both it inserts sampled rows as
 * the new application will, gives each the values of another one, deletes them, and expects both sides to agree. Leaves
 * nothing behind, whatever happens. Stateless and thread-safe.
 */
public final class RemoteRehearsal implements PhaseWork {
    private static final int NAMED = 5;

    @Override
    public Stride stride(Site site) throws SQLException {
        List<String> problems = new ArrayList<>();
        Map<String, Object> report = new LinkedHashMap<>();
        for (Route route : Route.movable(site.spec())) {
            Finding finding = RoundTrip.of(site, route, trip -> rehearse(site, trip));
            finding.problems().forEach(problem -> problems.add(route.move() + ": " + problem));
            report.put(route.move(), finding.report());
        }
        return problems.isEmpty()
                ? new Stride.Done("the way back works: what the new application writes reaches the old server", report)
                : new Stride.Stop(
                        "the way back does not work",
                        problems,
                        "mend the down of the columns named, then start a new run: nothing was switched yet");
    }

    private record Finding(List<String> problems, Map<String, Object> report) {}

    private static Finding rehearse(Site site, RoundTrip trip) throws SQLException {
        List<Ferry.Wanted> rows = trip.sample(site);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("rows", rows.size());
        report.put("comes back changed", Lossy.measured(trip, rows));
        List<String> problems = new ArrayList<>(act(trip, "a row inserted by the new application", rows));
        if (problems.isEmpty()) {
            List<Ferry.Wanted> exchanged = exchanged(trip, rows);
            trip.there().copies().upsert(trip.fresh(), exchanged);
            problems.addAll(act(trip, "a row updated by the new application", exchanged));
        }
        if (problems.isEmpty()) {
            trip.back().copies().delete(trip.old(), trip.held(rows));
            if (trip.there().copies().source().count(trip.old(), KeyRange.all()) > 0) {
                problems.add("rows deleted by the new application stay on the old side");
            }
        }
        return new Finding(problems, report);
    }

    /** What the copy of the new side holds is brought back; then both must say the same, but where no down reads. */
    private static List<String> act(RoundTrip trip, String what, List<Ferry.Wanted> rows) throws SQLException {
        Ferry.Delta told = trip.told(rows);
        List<String> problems = new ArrayList<>();
        for (Ferry.Wanted row : told.standing()) {
            row.bad().ifPresent(bad -> problems.add(refused(what, row.key(), bad.words())));
        }
        List<Ferry.Wanted> good =
                told.standing().stream().filter(row -> row.bad().isEmpty()).toList();
        problems.addAll(written(trip, what, good));
        if (!problems.isEmpty()) {
            return first(problems);
        }
        Route back = trip.back().real().route();
        Collection<String> held = back.held(trip.there().real().route());
        List<List<String>> keys = rows.stream().map(Ferry.Wanted::key).toList();
        for (Comparison.Wrong one : trip.there().copies().differences(trip.old(), trip.fresh(), keys)) {
            if (!held.contains(one.column())) {
                problems.add(what + " is not the same on both sides: " + one.column() + " of " + one.key() + " is "
                        + one.found() + " on the new side and " + one.expected() + " by the old one");
            }
        }
        return first(problems);
    }

    /** All at once; one by one to name those that are refused. */
    private static List<String> written(RoundTrip trip, String what, List<Ferry.Wanted> rows) throws SQLException {
        Optional<SQLException> refusal =
                Refusal.of(trip.old(), () -> trip.back().copies().replace(trip.old(), rows));
        if (refusal.isEmpty()) {
            return List.of();
        }
        if (rows.size() == 1) {
            return List.of(refused(what, rows.get(0).key(), Failure.words(refusal.get())));
        }
        List<String> refused = new ArrayList<>();
        for (Ferry.Wanted row : rows) {
            refused.addAll(written(trip, what, List.of(row)));
            if (refused.size() >= NAMED) {
                break;
            }
        }
        return refused;
    }

    private static String refused(String what, List<String> key, String words) {
        return what + " is refused: " + String.join(", ", key) + ": " + words;
    }

    private static List<String> first(List<String> problems) {
        return problems.subList(0, Math.min(NAMED, problems.size()));
    }

    /** Every row gets of another one what comes back. */
    private static List<Ferry.Wanted> exchanged(RoundTrip trip, List<Ferry.Wanted> rows) {
        Route forward = trip.there().real().route();
        List<String> columns = trip.there().real().target().columns();
        Set<String> kept = trip.back().real().route().held(forward).stream().collect(Collectors.toSet());
        kept.addAll(forward.as().keySet());
        List<Ferry.Wanted> exchanged = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            List<@Nullable String> values = new ArrayList<>(rows.get(i).values());
            for (int column = 0; column < columns.size(); column++) {
                if (!kept.contains(columns.get(column))) {
                    values.set(column, rows.get(rows.size() - 1 - i).values().get(column));
                }
            }
            exchanged.add(
                    new Ferry.Wanted(rows.get(i).key(), values, rows.get(i).bad()));
        }
        return exchanged;
    }
}
