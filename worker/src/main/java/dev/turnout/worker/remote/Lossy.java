package dev.turnout.worker.remote;

import dev.turnout.worker.phase.Site;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How much of an old column would be lost if it had to be rebuilt from a new side on another server: of a sample, the share of
 * rows with {@code down(up(x))} other than {@code x}. A row that only the old application wrote keeps its values, so this is
 * the price of the way back for rows that the new one writes. Stateless; leaves nothing behind.
 */
final class Lossy {
    private static final int SAMPLES = 5;

    private Lossy() {}

    /** By move and old column, JSON values. */
    static Map<String, Object> of(Site site) throws SQLException {
        Map<String, Object> report = new LinkedHashMap<>();
        for (Route route : Route.movable(site.spec())) {
            report.put(route.move(), RoundTrip.of(site, route, trip -> measured(trip, trip.sample(site))));
        }
        return report;
    }

    static Map<String, Object> measured(RoundTrip trip, List<Ferry.Wanted> rows) throws SQLException {
        Ferry.Delta told = trip.told(rows);
        Map<String, List<Map<String, Object>>> lost = new LinkedHashMap<>();
        Route back = trip.back().real().route();
        back.up().keySet().stream()
                .filter(column -> !back.as().containsKey(column))
                .forEach(column -> lost.put(column, new ArrayList<>()));
        for (Comparison.Wrong one : trip.back().real().differences(trip.old(), told)) {
            if (lost.containsKey(one.column())) {
                Objects.requireNonNull(lost.get(one.column()))
                        .add(Map.of("written", one.found(), "rebuilt", one.expected()));
            }
        }
        long bad = told.standing().stream().filter(row -> row.bad().isPresent()).count();
        Map<String, Object> report = new LinkedHashMap<>();
        lost.forEach((column, samples) -> report.put(
                column,
                Map.of(
                        "measured",
                        true,
                        "rows",
                        rows.size(),
                        "differing",
                        samples.size(),
                        "percent",
                        percent(samples.size(), rows.size()),
                        "samples",
                        List.copyOf(samples.subList(0, Math.min(SAMPLES, samples.size()))))));
        if (bad > 0) {
            report.put("rows that cannot come back", bad);
        }
        return report;
    }

    private static BigDecimal percent(int part, int rows) {
        return rows == 0
                ? BigDecimal.ZERO
                : BigDecimal.valueOf(part * 100L).divide(BigDecimal.valueOf(rows), 2, RoundingMode.HALF_UP);
    }
}
