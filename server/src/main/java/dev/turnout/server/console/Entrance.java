package dev.turnout.server.console;

import dev.turnout.server.control.Caller;
import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside;
import dev.turnout.server.http.Refusal;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets people in by a token, which becomes a session in a cookie, and lets only our own forms do anything. Thread-safe. */
final class Entrance {
    private static final String SESSION = "session";
    /** What a form proves to be ours with. */
    static final String PROOF = "proof";

    private final Sessions sessions;
    private final Inside inside;
    private final Frame frame;
    private final InstantSource time;
    private final boolean tls;

    /**
     * @param time business time
     * @param tls whether this server itself speaks TLS
     */
    Entrance(Sessions sessions, Inside inside, Frame frame, InstantSource time, boolean tls) {
        this.sessions = sessions;
        this.inside = inside;
        this.frame = frame;
        this.time = time;
        this.tls = tls;
    }

    /** Goes on only with a cookie of ours; whether its session goes on is asked later. */
    void known(RoutingContext ctx) {
        if (session(ctx).isPresent()) {
            ctx.next();
        } else {
            toLogin(ctx);
        }
    }

    /** Goes on with whoever is logged in and still may be; what changes anything, only when one of our pages sent it. */
    void let(RoutingContext ctx, Consumer<Visit> further) {
        Optional<Session> session = session(ctx);
        if (session.isEmpty()) {
            toLogin(ctx);
            return;
        }
        inside.caller(ctx.request(), session.get().token(), session.get().proof())
                .onSuccess(caller -> {
                    Visit visit = new Visit(ctx, session.get(), caller, inside, time.instant());
                    if (ctx.request().method().equals(HttpMethod.POST) && !ours(ctx, session.get())) {
                        refuseForeign(visit);
                    } else {
                        further.accept(visit);
                    }
                })
                .onFailure(failure -> {
                    if (failure instanceof Refusal refusal && refusal.code() == 401) {
                        toLogin(ctx);
                    } else {
                        loginPage(ctx, code(failure), words(failure), here(ctx));
                    }
                })
                .onFailure(failure -> {
                    if (!ctx.response().ended()) {
                        ctx.fail(failure);
                    }
                });
    }

    private void refuseForeign(Visit visit) {
        frame.send(
                visit,
                403,
                Problem.view(
                        403,
                        "this form does not come from a page of this session: open the page again and repeat it there",
                        "/"),
                Frame.Note.NONE);
    }

    private Optional<Session> session(RoutingContext ctx) {
        return Optional.ofNullable(ctx.request().getCookie(cookieName(ctx.request())))
                .map(Cookie::getValue)
                .flatMap(sessions::read);
    }

    /** A form carries the proof of its session, and a browser says from where it sends it. */
    private static boolean ours(RoutingContext ctx, Session session) {
        String proof = Objects.requireNonNullElse(ctx.request().getFormAttribute(PROOF), "");
        return sameOrigin(ctx.request())
                && MessageDigest.isEqual(
                        proof.getBytes(StandardCharsets.UTF_8), session.proof().getBytes(StandardCharsets.UTF_8));
    }

    /** Behind a proxy the scheme may differ, the authority does not. */
    private static boolean sameOrigin(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return false;
        }
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return true;
        }
        try {
            return Objects.equals(new URI(origin).getAuthority(), request.getHeader("Host"));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private void toLogin(RoutingContext ctx) {
        if (ctx.request().path().equals(Assets.ROOT + "events")) {
            ctx.response().setStatusCode(401).end();
        } else if ("cross-site".equals(ctx.request().getHeader("Sec-Fetch-Site"))
                && ctx.request().method().equals(HttpMethod.GET)) {
            // A strict cookie does not come along with a link from elsewhere; it does when our own page asks again.
            frame.html(
                    ctx.response(),
                    200,
                    out -> JteagainGenerated.render(
                            out, Untouched.HTML, ctx.request().uri()));
        } else {
            loginPage(ctx, 401, "", here(ctx));
        }
    }

    /** Where somebody wants to go who has to log in first. */
    private static String here(RoutingContext ctx) {
        return ctx.request().method().equals(HttpMethod.GET) ? ctx.request().uri() : "/";
    }

    void form(RoutingContext ctx) {
        loginPage(ctx, 200, "", "/");
    }

    private void loginPage(RoutingContext ctx, int code, String problem, String to) {
        frame.html(
                ctx.response(),
                code,
                out -> JteloginGenerated.render(out, Untouched.HTML, frame.assets(), problem, to));
    }

    void login(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        String token = Objects.requireNonNullElse(request.getFormAttribute("token"), "")
                .strip();
        String to = inOurPlace(request.getFormAttribute("to"));
        if (!sameOrigin(request)) {
            loginPage(ctx, 403, "log in on this page itself, not from another site", to);
            return;
        }
        Session session = sessions.open(token);
        inside.caller(request, token, session.proof())
                .onSuccess(caller -> {
                    if (Endpoint.LIST_FLAGS.admits(caller)) {
                        Cookie cookie = cookie(request, sessions.seal(session));
                        ctx.response().addCookie(cookie.setMaxAge(Sessions.LIFE.toSeconds()));
                        seeOther(ctx, to);
                    } else {
                        loginPage(ctx, 403, refused(caller), to);
                    }
                })
                .onFailure(failure -> loginPage(ctx, code(failure), words(failure), to));
    }

    private static String refused(Caller caller) {
        return "the token '" + caller.name() + "' may not use the console: " + Endpoint.LIST_FLAGS.needs()
                + " or admin";
    }

    /** The browser forgets the session, and so do the servers: a copy of its cookie is void. */
    void logout(RoutingContext ctx) {
        Optional<Session> session = session(ctx).filter(mine -> ours(ctx, mine));
        if (session.isEmpty()) {
            loginPage(ctx, 403, "this form does not come from a page of this session", "/");
            return;
        }
        ctx.response().addCookie(cookie(ctx.request(), "").setMaxAge(0));
        inside.end(session.get().proof(), session.get().until())
                .onSuccess(ended -> seeOther(ctx, "/login"))
                .onFailure(failure -> loginPage(
                        ctx,
                        code(failure),
                        "you are logged out here and on this server, but " + words(failure)
                                + ": until it does, another server may still take a copy of the cookie",
                        "/"));
    }

    private Cookie cookie(HttpServerRequest request, String value) {
        return Cookie.cookie(cookieName(request), value)
                .setPath("/")
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setSecure(secure(request));
    }

    /** The prefix makes a browser refuse it from anything but this host over TLS. */
    private String cookieName(HttpServerRequest request) {
        return secure(request) ? "__Host-turnout-" + SESSION : "turnout-" + SESSION;
    }

    /** Here, or at a proxy; who makes that header up makes only their own cookie stricter. */
    private boolean secure(HttpServerRequest request) {
        return tls || "https".equals(request.getHeader("X-Forwarded-Proto"));
    }

    static void seeOther(RoutingContext ctx, String to) {
        ctx.response().setStatusCode(303).putHeader("Location", to).end();
    }

    /** A path of ours and never another host. */
    static String inOurPlace(@Nullable String path) {
        return path != null && path.matches("/(?![/\\\\])[!-\\[\\]-~]{0,2000}|/") ? path : "/";
    }

    private static int code(Throwable failure) {
        return failure instanceof Refusal refusal ? refusal.code() : 500;
    }

    private static String words(Throwable failure) {
        return failure instanceof Refusal refusal ? refusal.detail() : "the server could not do it; its log says why";
    }
}
