package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import dev.turnout.server.http.Refusal;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A migration that somebody is about to start: its files, everything that is wrong with them, what it would do.
 *
 * @param checked what the check found; empty until there was one
 * @param reason why it is started, as it was typed
 * @param refused why it was not started; empty unless somebody tried
 */
record StartPage(Draft draft, Optional<Doc> checked, String reason, String refused) {
    static Future<View> of(Visit visit) {
        return Future.succeededFuture(view(new StartPage(Draft.EMPTY, Optional.empty(), "", "")));
    }

    static Future<View> checked(Visit visit) {
        return checked(visit, draft(visit), "");
    }

    private static Draft draft(Visit visit) {
        MultiMap form = visit.ctx().request().formAttributes();
        return Draft.of(form, FormFiles.of(visit.ctx()));
    }

    private static Future<View> checked(Visit visit, Draft draft, String refused) {
        String reason = visit.form("reason");
        if (draft.isEmpty()) {
            return Future.succeededFuture(
                    view(new StartPage(draft, Optional.empty(), reason, "paste a spec, or choose its files, first")));
        }
        return visit.ask(bundle(Endpoint.CHECK_MIGRATION, draft))
                .map(found -> view(new StartPage(draft, Optional.of(found), reason, refused)))
                // What cannot be read at all, such as a name that leads out of the spec's directory.
                .recover(failure -> failure instanceof Refusal refusal && refusal.code() < 500
                        ? Future.succeededFuture(view(new StartPage(draft, Optional.empty(), reason, refusal.detail())))
                        : Future.failedFuture(failure));
    }

    /** The page again when it is refused; empty when it is started. */
    static Future<Optional<View>> start(Visit visit) {
        Draft draft = draft(visit);
        return visit.ask(bundle(Endpoint.START_MIGRATION, draft).with("reason", visit.form("reason")))
                .onSuccess(run -> Entrance.seeOther(
                        visit.ctx(), Entrance.inOurPlace("/migrations/" + run.text("name") + "?done=start-migration")))
                .<Optional<View>>map(started -> Optional.empty())
                .recover(failure -> failure instanceof Refusal refusal && refusal.code() < 500
                        ? checked(visit, draft, "not started: " + refusal.detail())
                                .map(Optional::of)
                        : Future.failedFuture(failure));
    }

    private static Ask bundle(Endpoint endpoint, Draft draft) {
        return Ask.of(endpoint).with("main", draft.main()).with("files", draft.files());
    }

    private static View view(StartPage page) {
        return new View(
                "Start a migration",
                "overview",
                (shell, out) -> JtestartGenerated.render(out, Untouched.HTML, shell, page));
    }

    /** Of the spec itself, then of the live database. */
    List<Doc> found() {
        List<Doc> all = new ArrayList<>();
        checked.ifPresent(doc -> {
            all.addAll(doc.list("problems"));
            all.addAll(doc.at("live").list("problems"));
        });
        return all;
    }

    boolean startable() {
        return checked.filter(doc -> doc.is("fine")).isPresent();
    }

    Doc spec() {
        return checked.map(doc -> doc.at("spec")).orElse(Doc.NOTHING);
    }

    Doc live() {
        return checked.map(doc -> doc.at("live")).orElse(Doc.NOTHING);
    }
}
