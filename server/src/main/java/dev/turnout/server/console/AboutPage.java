package dev.turnout.server.console;

import dev.turnout.server.settings.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** What runs here, and how it is set; no secret is among it. */
record AboutPage(Map<String, String> versions, Map<String, String> settings) {
    static Future<View> of(Visit visit, Settings settings) {
        AboutPage page = new AboutPage(running(), set(settings));
        return Future.succeededFuture(
                new View("About", "about", (shell, out) -> JteaboutGenerated.render(out, Untouched.HTML, shell, page)));
    }

    private static Map<String, String> running() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put(
                "Turnout",
                Optional.ofNullable(AboutPage.class.getPackage().getImplementationVersion())
                        .orElse("built from source"));
        versions.put(
                "Vert.x",
                Optional.ofNullable(Vertx.class.getPackage().getImplementationVersion())
                        .orElse("unknown"));
        versions.put("Java", System.getProperty("java.version") + ", " + System.getProperty("java.vm.name"));
        versions.put("System", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return versions;
    }

    private static Map<String, String> set(Settings settings) {
        Settings.Listen listen = settings.listen();
        Map<String, String> shown = new LinkedHashMap<>();
        shown.put("listens on", listen.scheme() + "://" + listen.host() + ":" + listen.port());
        shown.put(
                "control database",
                settings.control()
                        .map(there -> there.address() + ", at most " + there.poolSize() + " connections")
                        .orElse("embedded, below the data directory"));
        shown.put("data directory", settings.data().toString());
        shown.put(
                "databases",
                String.join(", ", new TreeSet<>(settings.databases().keySet())));
        shown.put("worker", settings.worker());
        shown.put("pages that may ask", listen.origins().isEmpty() ? "none" : String.join(", ", listen.origins()));
        shown.put("longest body", Numbers.bytes(listen.limits().bodyBytes()));
        shown.put("connections at most", Numbers.whole(listen.limits().connections()));
        shown.put(
                "requests of a token per second", Numbers.whole(listen.limits().requestsPerSecond()));
        return shown;
    }
}
