package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;

/**
 * Incidents: those first that nobody has acknowledged, then the newest.
 *
 * @param next where the next page begins; empty: there is none
 */
record IncidentsPage(List<Doc> incidents, String next) {
    static Future<View> of(Visit visit) {
        Ask ask = Ask.of(Endpoint.LIST_INCIDENTS).where("limit", "50");
        if (visit.query("cursor").isPresent()) {
            ask = ask.where("cursor", visit.query("cursor").get());
        }
        return visit.ask(ask)
                .map(list -> new IncidentsPage(
                        list.list("incidents").stream()
                                .sorted(Comparator.comparing(incident -> incident.has("acknowledgedAt")))
                                .toList(),
                        list.text("next")))
                .map(page -> new View(
                        "Incidents",
                        "incidents",
                        (shell, out) -> JteincidentsGenerated.render(out, Untouched.HTML, shell, page)));
    }
}
