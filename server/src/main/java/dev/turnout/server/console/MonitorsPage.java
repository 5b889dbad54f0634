package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is watched of the migrations that are not over.
 *
 * @param migrations each with its monitors
 */
record MonitorsPage(List<Watched> migrations) {
    private static final int MEASUREMENTS = 60;
    /** A page asks for the monitors of each. */
    private static final int MOST = 20;
    /** Both sides stand, and the flag may move. */
    private static final Set<String> MEASURED = Set.of("READY", "ROLLING_OUT", "SOAKING");

    /** @param run of the migration */
    record Watched(Doc run, List<Doc> monitors) {
        /** Whether workers measure them now. */
        boolean measured() {
            return MEASURED.contains(run.text("phase"));
        }
    }

    static Future<View> of(Visit visit) {
        return visit.ask(Endpoint.LIST_MIGRATIONS)
                .compose(list -> all(visit, alive(list.list("migrations"))))
                .map(MonitorsPage::new)
                .map(page -> new View(
                        "Monitors",
                        "monitors",
                        (shell, out) -> JtemonitorspageGenerated.render(out, Untouched.HTML, shell, page)));
    }

    private static List<Doc> alive(List<Doc> runs) {
        Map<String, Doc> newest = new LinkedHashMap<>();
        runs.forEach(run -> newest.putIfAbsent(run.text("name"), run));
        return newest.values().stream()
                .filter(run -> !Track.over(run.text("phase")))
                .limit(MOST)
                .toList();
    }

    private static Future<List<Watched>> all(Visit visit, List<Doc> runs) {
        List<Watched> watched = new ArrayList<>();
        Future<Void> all = Future.succeededFuture();
        for (Doc run : runs) {
            all = all.compose(done -> monitors(visit, run.text("name")))
                    .onSuccess(monitors -> watched.add(new Watched(run, monitors)))
                    .mapEmpty();
        }
        return all.map(watched);
    }

    /** Of one migration, each with what was measured last. */
    static Future<List<Doc>> monitors(Visit visit, String migration) {
        return visit.ask(Ask.of(Endpoint.LIST_MONITORS)
                        .at("name", migration)
                        .where("last", String.valueOf(MEASUREMENTS)))
                .map(list -> list.list("monitors"));
    }

    /** The newest measurement; nothing before there is one. */
    static Doc latest(Doc monitor) {
        List<Doc> measurements = monitor.list("measurements");
        return measurements.isEmpty() ? Doc.NOTHING : measurements.get(0);
    }

    /** Where a reading of a monitor went. */
    static Chart chart(Doc monitor, String reading) {
        Map<Instant, Double> values = new TreeMap<>();
        for (Doc measurement : monitor.list("measurements")) {
            measurement
                    .instant("at")
                    .ifPresent(at ->
                            values.put(at, number(measurement.at("readings").text(reading))));
        }
        return Chart.of(reading, List.of(new Chart.Line(reading, "new", values)));
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
