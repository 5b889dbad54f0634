package dev.turnout.server.console;

import dev.turnout.server.http.Inside.Ask;
import dev.turnout.server.http.Refusal;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Does what a form says, by asking the API, and goes back to the page it came from. Used on its event loop only. */
final class Doing {
    /** After that nobody can tell whether it was done; the page shows it. */
    private static final long LONGEST_SECONDS = 15;

    /** Fields with a meaning of their own; the others are members of the body. */
    private static final Set<String> OWN = Set.of(Entrance.PROOF, "to", "once", "match", "of", "percent", "force");

    private static final Set<String> WHOLE = Set.of("requestsPerSecond", "version");
    private static final Set<String> LISTS = Set.of("roles", "scopes");

    private final Frame frame;

    Doing(Frame frame) {
        this.frame = frame;
    }

    void perform(Visit visit) {
        RoutingContext ctx = visit.ctx();
        MultiMap form = ctx.request().formAttributes();
        String back = Entrance.inOurPlace(form.get("to"));
        Optional<Action> action = Action.of(ctx.pathParam("action"));
        if (action.isEmpty()) {
            frame.send(visit, 404, Problem.view(404, "there is no such thing to do", back), Frame.Note.NONE);
            return;
        }
        visit.ask(ask(action.get(), form))
                .timeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                .onSuccess(answer -> {
                    if (answer.has("token")) {
                        frame.send(visit, 200, TokenView.of(answer), Frame.Note.NONE);
                    } else {
                        Entrance.seeOther(ctx, with(back, action.get()));
                    }
                })
                .onFailure(failure -> failed(visit, failure, back))
                .onFailure(failure -> {
                    if (!ctx.response().ended()) {
                        ctx.fail(failure);
                    }
                });
    }

    private static Ask ask(Action action, MultiMap form) {
        Ask ask = Ask.of(action.endpoint());
        if (!action.parameter().isEmpty()) {
            ask = ask.at(action.parameter(), text(form, "of"));
        }
        if (!text(form, "match").isEmpty()) {
            ask = ask.header("If-Match", text(form, "match"));
        }
        if (text(form, "once").matches("[!-~]{1,128}")) {
            ask = ask.header("Idempotency-Key", text(form, "once"));
        }
        if (!text(form, "percent").isEmpty()) {
            ask = ask.with("weight", text(form, "percent").strip() + "%");
        }
        if (!text(form, "force").isEmpty()) {
            ask = ask.where("force", "true");
        }
        for (String name : form.names()) {
            if (!OWN.contains(name)) {
                ask = member(ask, action, name, form.getAll(name));
            }
        }
        return ask;
    }

    private static Ask member(Ask ask, Action action, String name, List<String> values) {
        if (LISTS.contains(name)) {
            List<String> words = values.stream()
                    .flatMap(value -> Arrays.stream(value.strip().split("[,\\s]+")))
                    .filter(word -> !word.isEmpty())
                    .toList();
            return words.isEmpty() && name.equals("scopes") ? ask : ask.with(name, words);
        }
        String value = values.get(0).strip();
        // What is left empty is not said; of the tuning it is left to the engine again.
        if (value.isEmpty()) {
            return action == Action.TUNE && !name.equals("reason") ? ask.with(name, Optional.empty()) : ask;
        }
        return WHOLE.contains(name) && value.matches("\\d{1,9}")
                ? ask.with(name, Long.parseLong(value))
                : ask.with(name, value);
    }

    private static String text(MultiMap form, String name) {
        String value = form.get(name);
        return value == null ? "" : value;
    }

    private static String with(String page, Action action) {
        String bare = page.replaceAll("([?&])done=[^&]*&?", "$1").replaceAll("[?&]$", "");
        return bare + (bare.contains("?") ? "&" : "?") + "done=" + action.word();
    }

    private void failed(Visit visit, Throwable failure, String back) {
        boolean late = failure instanceof TimeoutException;
        int code = failure instanceof Refusal refusal ? refusal.code() : late ? 503 : 500;
        String why = late
                ? "the control database has not answered within " + LONGEST_SECONDS
                        + " s; it may be done or not: go back and look before it is repeated"
                : failure instanceof Refusal refusal
                        ? refusal.detail()
                        : "the server could not do it; its log says why";
        frame.send(visit, code, Problem.view(code, why, back), Frame.Note.NONE);
    }
}
