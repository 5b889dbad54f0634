package dev.turnout.server.console;

import dev.turnout.flags.Weight;
import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import dev.turnout.server.http.Refusal;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * One flag.
 *
 * @param rollout empty when no migration moves it
 * @param incidents of the flag, the newest first
 * @param preview of a percentage that somebody considers
 */
record FlagPage(Doc flag, Optional<Doc> rollout, List<Doc> incidents, Optional<Preview> preview) {
    static Future<View> of(Visit visit) {
        String key = visit.path("key");
        return visit.ask(Ask.of(Endpoint.READ_FLAG).at("key", key)).compose(flag -> rollout(visit, key)
                .compose(rollout -> visit.ask(Ask.of(Endpoint.LIST_INCIDENTS).where("flag", key).where("limit", "5"))
                        .map(incidents -> new FlagPage(
                                flag,
                                rollout,
                                incidents.list("incidents"),
                                visit.query("percent").map(text -> Preview.of(flag, text)))))
                .map(page -> new View(
                        key,
                        "flags",
                        Optional.of(key),
                        (shell, out) -> JteflagGenerated.render(out, Untouched.HTML, shell, page))));
    }

    /** Empty where there is none. */
    static Future<Optional<Doc>> rollout(Visit visit, String key) {
        return visit.ask(Ask.of(Endpoint.READ_ROLLOUT).at("flag", key))
                .map(Optional::of)
                .recover(failure -> failure instanceof Refusal refusal && refusal.code() == 404
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    Weight weight() {
        return Weight.parse(flag.text("weight"));
    }

    boolean moved() {
        return rollout.filter(row -> !row.text("state").equals("ENDED")).isPresent();
    }
}
