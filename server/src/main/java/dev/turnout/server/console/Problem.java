package dev.turnout.server.console;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Something that could not be shown or done.
 *
 * @param back where to go; empty: try again here
 */
record Problem(int code, String title, String why, String back) {
    static View view(int code, String why, String back) {
        String title =
                switch (code) {
                    case 403 -> "Not allowed";
                    case 404 -> "Not found";
                    case 409, 412 -> "Not done";
                    case 422, 400 -> "Not possible";
                    case 503 -> "Waiting for the control database";
                    default -> HttpResponseStatus.valueOf(code).reasonPhrase();
                };
        Problem problem = new Problem(code, title, why, back);
        return new View(title, "", (shell, out) -> JteproblemGenerated.render(out, Untouched.HTML, shell, problem));
    }
}
