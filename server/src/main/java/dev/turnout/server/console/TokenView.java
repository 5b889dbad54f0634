package dev.turnout.server.console;

/** A token that has just been made: the only time that it is shown. */
final class TokenView {
    private TokenView() {}

    static View of(Doc token) {
        return new View("Token", "tokens", (shell, out) -> JtetokenGenerated.render(out, Untouched.HTML, shell, token));
    }
}
