package dev.turnout.server.console;

import io.vertx.core.Future;

/** A form for a flag that is not there yet. */
final class NewFlagPage {
    private NewFlagPage() {}

    static Future<View> of(Visit visit) {
        return Future.succeededFuture(
                new View("New flag", "flags", (shell, out) -> JtenewflagGenerated.render(out, Untouched.HTML, shell)));
    }
}
