package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that goes on.
 *
 * @param incidents that nobody has acknowledged
 * @param migrations the newest run of each, those under way first
 * @param rollouts that are not over
 * @param frozen who lets every rollout stand still; empty: nobody
 */
record OverviewPage(List<Doc> incidents, List<Doc> migrations, List<Doc> rollouts, Optional<Doc> frozen) {
    static Future<View> of(Visit visit) {
        return visit.ask(Ask.of(Endpoint.LIST_INCIDENTS).where("open", "true"))
                .compose(incidents -> visit.ask(Endpoint.LIST_MIGRATIONS)
                        .compose(migrations -> visit.ask(Endpoint.LIST_ROLLOUTS).compose(rollouts -> frozen(visit)
                                .map(frozen -> new OverviewPage(
                                        incidents.list("incidents"),
                                        newest(migrations.list("migrations")),
                                        live(rollouts.list("rollouts")),
                                        frozen)))))
                .map(page -> new View(
                        "Overview",
                        "overview",
                        (shell, out) -> JteoverviewGenerated.render(out, Untouched.HTML, shell, page)));
    }

    private static List<Doc> live(List<Doc> rollouts) {
        return rollouts.stream()
                .filter(rollout -> !rollout.text("state").equals("ENDED"))
                .toList();
    }

    /** A token of some flags only is not told. */
    private static Future<Optional<Doc>> frozen(Visit visit) {
        return visit.caller().reachesAll()
                ? visit.ask(Endpoint.LIST_FREEZES).map(list -> list.list("freezes").stream()
                        .filter(freeze -> !freeze.has("flag"))
                        .findFirst())
                : Future.succeededFuture(Optional.empty());
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
