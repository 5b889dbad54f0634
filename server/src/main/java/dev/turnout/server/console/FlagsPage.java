package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import io.vertx.core.Future;
import java.util.List;

/**
 * The flags, by key.
 *
 * @param text that is looked for
 * @param next where the next page begins; empty: there is none
 */
record FlagsPage(List<Doc> flags, String text, String next) {
    static Future<View> of(Visit visit) {
        String text = visit.query("text").orElse("");
        Ask ask = Ask.of(Endpoint.LIST_FLAGS).where("limit", "50");
        if (!text.isEmpty()) {
            ask = ask.where("text", text);
        }
        if (visit.query("cursor").isPresent()) {
            ask = ask.where("cursor", visit.query("cursor").get());
        }
        return visit.ask(ask)
                .map(list -> new FlagsPage(list.list("flags"), text, list.text("next")))
                .map(page -> new View(
                        "Flags", "flags", (shell, out) -> JteflagsGenerated.render(out, Untouched.HTML, shell, page)));
    }
}
