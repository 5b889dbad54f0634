package dev.turnout.server.console;

import dev.turnout.flags.FlagSet;
import dev.turnout.server.http.Face;
import dev.turnout.server.http.Inside;
import dev.turnout.server.settings.Settings;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts pages, forms and what they need on the routers. Thread-safe. */
public final class Console implements Face {
    /** Of a form that does something. */
    private static final long LONGEST_FORM = 64 << 10;

    private final Settings settings;
    private final Flags flags;
    private final Pulse pulse;
    private final Sessions sessions;
    private final InstantSource time;
    private final Assets assets = new Assets();
    private final Remembered remembered = new Remembered();

    /**
     * @param sessionSecret 32 bytes, shared by the servers of an installation
     * @param time business time
     */
    public Console(Settings settings, Flags flags, Pulse pulse, byte[] sessionSecret, InstantSource time) {
        this.settings = settings;
        this.flags = flags;
        this.pulse = pulse;
        this.sessions = new Sessions(sessionSecret, InstantSource.system());
        this.time = time;
    }

    /** The flags in memory, which are there when the control database is not. */
    public interface Flags {
        FlagSet now();

        /** @param told on a thread of its own choice */
        void listen(Runnable told);
    }

    /** By path. */
    private Map<String, Page> pages() {
        Map<String, Page> pages = new LinkedHashMap<>();
        pages.put("/", OverviewPage::of);
        pages.put("/flags", FlagsPage::of);
        pages.put("/flags/:key", FlagPage::of);
        pages.put("/flag-file", FlagFilePage::of);
        pages.put("/migrations/:name", MigrationPage::of);
        pages.put("/new-flag", NewFlagPage::of);
        pages.put("/new-migration", StartPage::of);
        pages.put("/monitors", MonitorsPage::of);
        pages.put("/alerts", AlertsPage::of);
        pages.put("/alerts/test", AlertTrial::of);
        pages.put("/incidents", IncidentsPage::of);
        pages.put("/incidents/:id", IncidentPage::of);
        pages.put("/audit", AuditPage::of);
        pages.put("/tokens", TokensPage::of);
        pages.put("/about", visit -> AboutPage.of(visit, settings));
        return pages;
    }

    @Override
    public void mount(Vertx vertx, Router router, Inside inside) {
        Frame frame = new Frame(assets, flags);
        Entrance entrance = new Entrance(
                sessions, inside, frame, time, settings.listen().tls().isPresent());
        Reading reading = new Reading(frame, remembered);
        Live live = new Live(vertx, pulse);
        flags.listen(live.toldFromElsewhere());

        // Each in a route of its own: within one, Vert.x wants the body read before anybody is asked who sends it.
        List.of(
                        "/",
                        "/flags*",
                        "/flag-file*",
                        "/migrations*",
                        "/incidents*",
                        "/new-flag",
                        "/new-migration",
                        "/monitors",
                        "/alerts*",
                        "/audit",
                        "/tokens",
                        "/about",
                        "/login",
                        "/logout",
                        "/do/*")
                .forEach(path -> router.route(path).handler(new Headers()));
        router.route(Assets.ROOT + "*").handler(new Headers());
        pages().forEach((path, page) ->
                router.get(path).handler(ctx -> entrance.let(ctx, visit -> reading.show(visit, page))));
        router.get("/login").handler(entrance::form);
        router.post("/logout").handler(entrance::known);
        router.post("/do/:action").handler(entrance::known);
        List.of("/login", "/logout", "/do/:action").forEach(path -> router.post(path)
                .handler(BodyHandler.create(false).setBodyLimit(LONGEST_FORM)));
        router.post("/login").handler(entrance::login);
        router.post("/logout").handler(entrance::logout);
        router.post("/do/:action").handler(ctx -> entrance.let(ctx, new Doing(frame)::perform));
        trials(router, entrance, reading);
        router.get(Assets.ROOT + "events")
                .handler(ctx -> entrance.let(ctx, visit -> live.open(visit.ctx().response())));
        router.get(Assets.ROOT + ":name").handler(ctx -> {
            List<String> version = ctx.queryParam("v");
            assets.send(
                    ctx.pathParam("name"),
                    version.isEmpty() ? Optional.empty() : Optional.of(version.get(0)),
                    ctx.response());
        });
    }

    /** Forms whose answer is a page, and which may be as long as a request of the API. */
    private void trials(Router router, Entrance entrance, Reading reading) {
        long longest = settings.listen().limits().bodyBytes();
        List.of("/alerts/test", "/new-migration", "/flag-file")
                .forEach(path -> router.post(path).handler(entrance::known));
        router.post("/alerts/test").handler(BodyHandler.create(false).setBodyLimit(longest));
        List.of("/new-migration", "/flag-file")
                .forEach(path -> router.post(path).handler(new FormFiles(longest)));
        router.post("/alerts/test")
                .handler(ctx -> entrance.let(
                        ctx,
                        visit -> reading.answer(visit, AlertTrial.tried(visit).map(Optional::of))));
        router.post("/new-migration")
                .handler(ctx -> entrance.let(
                        ctx,
                        visit -> reading.answer(
                                visit,
                                visit.form("do").equals("start")
                                        ? StartPage.start(visit)
                                        : StartPage.checked(visit).map(Optional::of))));
        router.post("/flag-file")
                .handler(ctx -> entrance.let(
                        ctx,
                        visit -> reading.answer(
                                visit,
                                visit.form("do").equals("apply")
                                        ? FlagFilePage.apply(visit)
                                        : FlagFilePage.looked(visit).map(Optional::of))));
        router.get("/flag-file/flags.yaml")
                .handler(ctx -> entrance.let(ctx, visit -> reading.answer(visit, FlagFilePage.download(visit))));
    }
}
