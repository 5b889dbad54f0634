package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import dev.turnout.server.http.Refusal;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * One migration: its newest run.
 *
 * @param spec empty when this server cannot read it
 * @param rejected rows that are put aside, the first of them
 * @param log what was done to the schema, and the latest batches
 * @param reports empty while they are not made yet
 */
record MigrationPage(Doc run, Doc spec, Doc rejected, Doc log, Reports reports) {
    private static final int ROWS = 20;

    record Reports(Optional<Doc> baseline, Optional<Doc> validation) {}

    static Future<View> of(Visit visit) {
        String name = visit.path("name");
        return visit.ask(at(Endpoint.READ_MIGRATION, name))
                .compose(run -> maybe(visit, at(Endpoint.READ_SPEC, name)).compose(spec -> visit.ask(
                                at(Endpoint.LIST_REJECTED, name).where("limit", String.valueOf(ROWS)))
                        .compose(rejected -> visit.ask(at(Endpoint.READ_LOG, name))
                                .compose(log -> reports(visit, name)
                                        .map(reports -> new MigrationPage(
                                                run, spec.orElse(Doc.NOTHING), rejected, log, reports))))))
                .map(page -> new View(
                        name,
                        "overview",
                        Optional.of(page.run().text("flag")),
                        (shell, out) -> JtemigrationGenerated.render(out, Untouched.HTML, shell, page)));
    }

    private static Future<Reports> reports(Visit visit, String name) {
        Ask ask = at(Endpoint.READ_REPORT, name);
        return maybe(visit, ask.at("kind", "baseline")).compose(baseline -> maybe(visit, ask.at("kind", "validation"))
                .map(validation -> new Reports(baseline, validation)));
    }

    private static Ask at(Endpoint endpoint, String name) {
        return Ask.of(endpoint).at("name", name);
    }

    /** Empty for what is not there. */
    static Future<Optional<Doc>> maybe(Visit visit, Ask ask) {
        return visit.ask(ask)
                .map(Optional::of)
                .recover(failure -> failure instanceof Refusal refusal && refusal.code() == 404
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    boolean over() {
        return Track.over(run.text("phase"));
    }

    boolean held() {
        return run.text("wish").equals("PAUSE") || run.has("pausedFrom");
    }

    /** From where on the old side may not be whole any more. */
    boolean contracting() {
        return run.text("phase").equals("CONTRACTING") || run.text("pausedFrom").equals("CONTRACTING");
    }

    /** Formats of each analysed column. */
    List<Doc> columns() {
        return run.at("reports").at("ANALYZING").list("columns");
    }
}
