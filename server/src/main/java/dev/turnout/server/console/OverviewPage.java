package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that goes on.
 *
 * @param incidents that nobody has acknowledged
 * @param migrations the newest run of each, those under way first
 * @param rollouts that are not over
 */
record OverviewPage(List<Doc> incidents, List<Doc> migrations, List<Doc> rollouts) {
    static Future<View> of(Visit visit) {
        return visit.ask(Ask.of(Endpoint.LIST_INCIDENTS).where("open", "true"))
                .compose(incidents -> visit.ask(Endpoint.LIST_MIGRATIONS)
                        .compose(migrations -> visit.ask(Endpoint.LIST_ROLLOUTS)
                                .map(rollouts -> new OverviewPage(
                                        incidents.list("incidents"),
                                        newest(migrations.list("migrations")),
                                        rollouts.list("rollouts").stream()
                                                .filter(rollout ->
                                                        !rollout.text("state").equals("ENDED"))
                                                .toList()))))
                .map(page -> new View(
                        "Overview",
                        "overview",
                        (shell, out) -> JteoverviewGenerated.render(out, Untouched.HTML, shell, page)));
    }

    private static List<Doc> newest(List<Doc> runs) {
        Map<String, Doc> newest = new LinkedHashMap<>();
        runs.forEach(run -> newest.putIfAbsent(run.text("name"), run));
        return sorted(newest.values());
    }

    private static List<Doc> sorted(Collection<Doc> runs) {
        return runs.stream()
                .sorted(Comparator.comparing(run -> Track.over(run.text("phase"))))
                .toList();
    }
}
