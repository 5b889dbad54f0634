package dev.turnout.server.console;

import dev.turnout.server.control.Role;
import dev.turnout.server.http.Endpoint;
import io.vertx.core.Future;
import java.util.List;

/** Who may ask for what. */
record TokensPage(List<Doc> tokens) {
    static Future<View> of(Visit visit) {
        return visit.ask(Endpoint.LIST_TOKENS)
                .map(list -> new TokensPage(list.list("tokens")))
                .map(page -> new View(
                        "Tokens",
                        "tokens",
                        (shell, out) -> JtetokensGenerated.render(out, Untouched.HTML, shell, page)));
    }

    List<Role> roles() {
        return List.of(Role.values());
    }
}
