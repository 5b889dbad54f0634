package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.Line;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Role;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on while the control database is gone. */
class OutageTest {
    private static final String FLAG = "/ofrep/v1/evaluate/flags/f";
    private static final String ALERTS = "/api/v1/alerts/alertmanager";

    private final Line line = new Line();

    @AfterEach
    void close() {
        line.close();
    }

    @Test
    void evaluation_goes_on_and_changes_are_told_when_to_come_again(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data, line::over)) {
            server.call("PUT", "/api/v1/flags/f", "{\"weight\":\"100%\"}");
            String token = server.token(Role.EVALUATE);
            await().untilAsserted(() ->
                    assertThat(server.callAs(token, "POST", FLAG, "{}").code()).isEqualTo(200));

            String alerting = server.token(Role.ALERT);
            String nothing = "{\"alerts\":[]}";
            assertThat(server.callAs(alerting, "POST", ALERTS, nothing).code()).isEqualTo(200);

            line.cut();

            // Alertmanager sends it again on this code, and on no other below it.
            String alert = "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"flag\":\"f\",\"severity\":\"page\"},"
                    + "\"startsAt\":\"2026-01-05T09:00:00Z\"}]}";
            assertThat(server.callAs(alerting, "POST", ALERTS, alert).code()).isEqualTo(503);
            Response changed = server.call("PATCH", "/api/v1/flags/f", "{\"weight\":\"5%\"}");
            assertThat(changed.code()).as(changed.body()).isEqualTo(503);
            assertThat(changed.header("Retry-After")).matches("[1-9]\\d*");
            assertThat(changed.type()).isEqualTo("application/problem+json");
            // Longer than a token is remembered.
            await().pollDelay(Duration.ofSeconds(6)).untilAsserted(() -> assertThat(
                            server.callAs(token, "POST", FLAG, "{}").code())
                    .isEqualTo(200));
            long fastest = Long.MAX_VALUE;
            for (int i = 0; i < 5; i++) {
                long began = System.nanoTime();
                assertThat(server.callAs(token, "POST", FLAG, "{}").code()).isEqualTo(200);
                fastest = Math.min(fastest, System.nanoTime() - began);
            }
            assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofSeconds(1));
            Response ready = server.callAs("", "GET", "/readyz", "");
            assertThat(ready.code()).isEqualTo(503);
            assertThat(ready.json().getString("controlDatabase")).isEqualTo("not reachable");
            assertThat(ready.json().getDouble("flagsAgeSeconds")).isGreaterThan(5);
        }
    }
}
