package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Alerts that came in and what was done about them, the rules they are acted on by, and what was told to the outside.
 *
 * @param alerts the newest first
 * @param filter what is looked for, by its name
 * @param next where the next page of alerts begins; empty: there is none
 * @param rules in the order in which an alert is held against them; empty for whoever reaches some flags only
 * @param notices the newest first
 */
record AlertsPage(
        List<Doc> alerts, Map<String, String> filter, String next, Optional<List<Doc>> rules, List<Doc> notices) {
    private static final List<String> FILTERS = List.of("flag", "outcome");
    private static final int ALERTS = 30;
    private static final int NOTICES = 15;

    static Future<View> of(Visit visit) {
        Ask alerts = Ask.of(Endpoint.LIST_ALERTS).where("limit", String.valueOf(ALERTS));
        Ask notices = Ask.of(Endpoint.LIST_NOTIFICATIONS).where("limit", String.valueOf(NOTICES));
        Map<String, String> filter = new LinkedHashMap<>();
        for (String name : FILTERS) {
            String value = visit.query(name).orElse("").strip();
            filter.put(name, value);
            alerts = value.isEmpty() ? alerts : alerts.where(name, value);
        }
        if (visit.query("cursor").isPresent()) {
            alerts = alerts.where("cursor", visit.query("cursor").get());
        }
        if (!filter.getOrDefault("flag", "").isEmpty()) {
            notices = notices.where("flag", filter.getOrDefault("flag", ""));
        }
        Ask told = notices;
        return visit.ask(alerts)
                .compose(came -> rules(visit).compose(rules -> visit.ask(told)
                        .map(sent -> new AlertsPage(
                                came.list("alerts"), filter, came.text("next"), rules, sent.list("notifications")))))
                .map(page -> new View(
                        "Alerts",
                        "alerts",
                        (shell, out) -> JtealertsGenerated.render(out, Untouched.HTML, shell, page)));
    }

    private static Future<Optional<List<Doc>>> rules(Visit visit) {
        return visit.caller().reachesAll()
                ? visit.ask(Endpoint.LIST_ALERT_RULES).map(list -> Optional.of(list.list("rules")))
                : Future.succeededFuture(Optional.empty());
    }

    /** One of those that the filter knows, in words. */
    static final List<String> OUTCOMES = List.of("ROLLED_BACK", "PAUSED", "NOTIFIED", "REFUSED", "IGNORED");
}
