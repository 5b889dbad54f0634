package dev.turnout.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.ServerFixture;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A control database that answers no more, and has not gone away either. */
class SlowDatabaseTest {
    private final CutWay way = new CutWay();

    @AfterEach
    void close() {
        way.close();
    }

    @Test
    void a_page_is_shown_as_it_was_and_says_so_and_others_say_what_they_wait_for(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data, way::over)) {
            server.call("PUT", "/api/v1/flags/search", "{\"weight\":\"5%\"}");
            Visitor visitor = new Visitor(server.uri()).login(server.admin());
            await().untilAsserted(() ->
                    assertThat(visitor.get("/flags/search").body()).contains("<strong>5%</strong> of its units"));

            way.stick();

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

            way.flow();

            await().untilAsserted(() -> assertThat(visitor.get("/flags/search").body())
                    .contains("5%")
                    .doesNotContain("Data as of"));
        }
    }
}
