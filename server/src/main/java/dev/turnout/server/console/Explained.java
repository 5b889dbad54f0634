package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import dev.turnout.server.http.Refusal;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * What somebody would be answered.
 *
 * @param key who asks
 * @param context attributes, as JSON
 * @param answer empty until somebody is named
 * @param problem empty when it could be told
 */
record Explained(String key, String context, Optional<Doc> answer, String problem) {
    static Future<Explained> of(Visit visit, String flag) {
        String key = visit.query("subject").orElse("");
        String context = visit.query("context").orElse("");
        if (key.isEmpty() && context.isEmpty()) {
            return Future.succeededFuture(new Explained("", "", Optional.empty(), ""));
        }
        Ask ask = Ask.of(Endpoint.EXPLAIN_FLAG).at("key", flag);
        if (!key.isEmpty()) {
            ask = ask.where("targetingKey", key);
        }
        if (!context.isEmpty()) {
            ask = ask.where("context", context);
        }
        return visit.ask(ask)
                .map(answer -> new Explained(key, context, Optional.of(answer), ""))
                .recover(failure -> failure instanceof Refusal refusal && refusal.code() == 400
                        ? Future.succeededFuture(new Explained(key, context, Optional.empty(), refusal.detail()))
                        : Future.failedFuture(failure));
    }
}
