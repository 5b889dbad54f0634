package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who changed what, and why.
 *
 * @param filter what is looked for, by its name
 * @param next where the next page begins; empty: there is none
 */
record AuditPage(List<Doc> entries, Map<String, String> filter, String next) {
    private static final List<String> FILTERS = List.of("subject", "actor", "action");

    static Future<View> of(Visit visit) {
        Ask ask = Ask.of(Endpoint.READ_AUDIT).where("limit", "50");
        Map<String, String> filter = new LinkedHashMap<>();
        for (String name : FILTERS) {
            filter.put(name, visit.query(name).orElse("").strip());
            if (!filter.getOrDefault(name, "").isEmpty()) {
                ask = ask.where(name, filter.getOrDefault(name, ""));
            }
        }
        if (visit.query("cursor").isPresent()) {
            ask = ask.where("cursor", visit.query("cursor").get());
        }
        return visit.ask(ask)
                .map(list -> new AuditPage(list.list("entries"), filter, list.text("next")))
                .map(page -> new View(
                        "Audit", "audit", (shell, out) -> JteauditGenerated.render(out, Untouched.HTML, shell, page)));
    }
}
