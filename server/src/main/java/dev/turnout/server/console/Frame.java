package dev.turnout.server.console;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes pages into their shell. Thread-safe. */
final class Frame {
    private final Assets assets;
    private final Console.Flags flags;

    Frame(Assets assets, Console.Flags flags) {
        this.assets = assets;
        this.flags = flags;
    }

    Assets assets() {
        return assets;
    }

    void send(Visit visit, int code, View view, Note note) {
        Shell shell = shell(visit, view, note);
        html(visit.ctx().response(), code, out -> view.body().write(shell, out));
    }

    /**
     * What stands above a page.
     *
     * @param asOf when its content was read, unless that was now
     * @param trouble why not now
     * @param done what has just been done
     */
    record Note(Optional<Instant> asOf, Optional<String> trouble, Optional<String> done) {
        static final Note NONE = new Note(Optional.empty(), Optional.empty(), Optional.empty());
    }

    private Shell shell(Visit visit, View view, Note note) {
        List<Flag> moving = flags.now().flags().stream()
                .filter(flag -> visit.caller().reaches(flag.key()))
                .filter(flag -> flag.live() && flag.newSide().compareTo(Weight.NONE) > 0)
                .toList();
        return new Shell(
                assets,
                view.title(),
                view.section(),
                new Shell.Who(visit.caller(), visit.session().proof()),
                // What a form does has no page to lead back to.
                visit.ctx().request().path().startsWith("/do/")
                        ? "/"
                        : visit.ctx().request().uri(),
                visit.now(),
                moving,
                view.flag().flatMap(key -> flags.now().flag(key)),
                note.asOf(),
                note.trouble(),
                note.done());
    }

    void html(HttpServerResponse response, int code, Consumer<HtmlTemplateOutput> content) {
        StringOutput text = new StringOutput(16 << 10);
        content.accept(new OwaspHtmlTemplateOutput(text));
        response.setStatusCode(code)
                .putHeader("Content-Type", "text/html; charset=utf-8")
                .end(text.toString());
    }
}
