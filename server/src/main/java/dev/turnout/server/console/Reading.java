package dev.turnout.server.console;

import dev.turnout.server.http.Refusal;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Shows pages: as they are now, or, when that cannot be told in time, as they were when they were read last, and says so.
 * Thread-safe.
 */
final class Reading {
    /** For all that a page needs; longer is no help to somebody who wants to stop something. */
    private static final long LONGEST_MILLIS = 2_000;

    private static final long LONGEST_CHECK_SECONDS = 120;

    private final Frame frame;
    private final Remembered remembered;

    Reading(Frame frame, Remembered remembered) {
        this.frame = frame;
        this.remembered = remembered;
    }

    void show(Visit visit, Page page) {
        // Two people may see different things at one address.
        String whose = visit.caller() + " " + visit.ctx().request().uri();
        Optional<String> done = visit.query("done").map(Action::done).filter(words -> !words.isEmpty());
        page.of(visit)
                .timeout(LONGEST_MILLIS, TimeUnit.MILLISECONDS)
                .onSuccess(view -> {
                    remembered.keep(whose, view, visit.now());
                    frame.send(visit, 200, view, new Frame.Note(Optional.empty(), Optional.empty(), done));
                })
                .onFailure(failure -> failed(visit, whose, failure))
                .onFailure(visit.ctx()::fail);
    }

    /**
     * What a form asks for and nobody remembers: a check takes as long as the database that it looks at.
     *
     * @param page empty when the request is answered already
     */
    void answer(Visit visit, Future<Optional<View>> page) {
        page.timeout(LONGEST_CHECK_SECONDS, TimeUnit.SECONDS)
                .onSuccess(view -> view.ifPresent(shown -> frame.send(visit, 200, shown, Frame.Note.NONE)))
                .onFailure(failure -> failed(visit, "", failure))
                .onFailure(visit.ctx()::fail);
    }

    private void failed(Visit visit, String whose, Throwable failure) {
        if (visit.ctx().response().ended()) {
            return;
        }
        boolean slow = failure instanceof TimeoutException;
        int code = failure instanceof Refusal refusal ? refusal.code() : slow ? 503 : 500;
        String why = slow
                ? "the control database has not answered within " + LONGEST_MILLIS / 1000 + " s"
                : failure instanceof Refusal refusal
                        ? refusal.detail()
                        : "the server could not do it; its log says why";
        Optional<Remembered.Shown> last = code == 503 ? remembered.last(whose) : Optional.empty();
        if (last.isPresent()) {
            frame.send(
                    visit,
                    200,
                    last.get().view(),
                    new Frame.Note(Optional.of(last.get().at()), Optional.of(why), Optional.empty()));
        } else {
            frame.send(visit, code, Problem.view(code, why, code == 503 ? "" : "/"), Frame.Note.NONE);
        }
    }
}
