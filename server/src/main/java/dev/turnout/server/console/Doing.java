package dev.turnout.server.console;

import dev.turnout.server.http.Refusal;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Does what a form says, by asking the API, and goes back to the page it came from. Used on its event loop only. */
final class Doing {
    /** After that nobody can tell whether it was done; the page shows it. */
    private static final long LONGEST_SECONDS = 15;

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
        visit.ask(Filled.ask(action.get(), form))
                .timeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                .onSuccess(answer -> {
                    if (answer.has("token")) {
                        frame.send(visit, 200, TokenView.of(answer), Frame.Note.NONE);
                    } else {
                        Entrance.seeOther(ctx, with(landing(action.get(), form, back), action.get()));
                    }
                })
                .onFailure(failure -> failed(visit, failure, back))
                .onFailure(failure -> {
                    if (!ctx.response().ended()) {
                        ctx.fail(failure);
                    }
                });
    }

    /** Where to go when it is done: to what was made, or back. */
    private static String landing(Action action, MultiMap form, String back) {
        return action == Action.CREATE_FLAG
                ? Entrance.inOurPlace("/flags/" + Filled.text(form, "of").strip())
                : back;
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
