package dev.turnout.server.console;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.ControlSettings;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control database that answers no more, and has not gone away either. */
class SlowDatabaseTest {
    private static final Pattern ADDRESS = Pattern.compile("//([^:/]+):(\\d+)/");

    private final Vertx vertx = Vertx.vertx();
    private final Set<NetSocket> answers = ConcurrentHashMap.newKeySet();
    private volatile boolean stuck;

    @AfterEach
    void close() {
        await(vertx.close());
    }

    /** A way to the database on which answers can get stuck. */
    private ControlSettings over(ControlSettings settings) {
        Matcher address = ADDRESS.matcher(settings.jdbcUrl());
        assertThat(address.find()).isTrue();
        String host = address.group(1);
        int port = Integer.parseInt(address.group(2));
        NetServer way = await(vertx.createNetServer()
                .connectHandler(near -> {
                    near.pause();
                    vertx.createNetClient().connect(port, host).onSuccess(far -> {
                        answers.add(far);
                        near.handler(far::write);
                        far.handler(near::write);
                        near.closeHandler(closed -> far.close());
                        far.closeHandler(closed -> near.close());
                        near.resume();
                        if (stuck) {
                            far.pause();
                        }
                    });
                })
                .listen(0, "127.0.0.1"));
        return new ControlSettings(
                settings.jdbcUrl().replace(host + ":" + port, "127.0.0.1:" + way.actualPort()),
                settings.user(),
                settings.secret(),
                settings.poolSize());
    }

    private void stick() {
        stuck = true;
        answers.forEach(NetSocket::pause);
    }

    private void flow() {
        stuck = false;
        answers.forEach(NetSocket::resume);
    }

    @Test
    void a_page_is_shown_as_it_was_and_says_so_and_others_say_what_they_wait_for(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data, this::over)) {
            server.call("PUT", "/api/v1/flags/search", "{\"weight\":\"5%\"}");
            Visitor visitor = new Visitor(server.uri()).login(server.admin());
            await().untilAsserted(() ->
                    assertThat(visitor.get("/flags/search").body()).contains("<strong>5%</strong> of its units"));

            stick();

            long began = System.nanoTime();
            HttpResponse<String> seen = visitor.get("/flags/search");
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
            assertThat(seen.statusCode()).isEqualTo(200);
            assertThat(seen.body()).contains("Data as of", "has not answered within 2 s", "5%", "id=\"back\"");

            HttpResponse<String> never = visitor.get("/incidents");
            assertThat(never.statusCode()).isEqualTo(503);
            assertThat(never.body())
                    .contains("Waiting for the control database", "Try again", "search</strong>: 5% on the new side");
            assertThat(visitor.get("/about").statusCode()).as("asks nobody").isEqualTo(200);

            flow();

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(visitor.get("/flags/search").body())
                            .contains("5%")
                            .doesNotContain("Data as of"));
        }
    }
}
