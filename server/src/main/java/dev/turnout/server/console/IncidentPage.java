package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.util.Optional;

/** One incident with its evidence. */
record IncidentPage(Doc incident) {
    static Future<View> of(Visit visit) {
        return visit.ask(Ask.of(Endpoint.READ_INCIDENT).at("id", visit.path("id")))
                .map(IncidentPage::new)
                .map(page -> new View(
                        "Incident " + page.incident().text("id"),
                        "incidents",
                        Optional.of(page.incident().text("flag")),
                        (shell, out) -> JteincidentGenerated.render(out, Untouched.HTML, shell, page)));
    }

    Doc evidence() {
        return incident.at("evidence");
    }
}
