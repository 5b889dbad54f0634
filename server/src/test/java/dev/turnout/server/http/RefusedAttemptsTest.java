package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.Role;
import io.vertx.core.json.JsonArray;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedAttemptsTest {
    @Test
    void refused_attempts_are_in_the_audit_and_do_not_fill_it(@TempDir Path data) throws Exception {
        try (ServerFixture server = ServerFixture.start(data)) {
            refused_attempts(server);
        }
    }

    private static void refused_attempts(ServerFixture server) {
        Caller reporter = new Caller("probing", Set.of(Role.REPORT));
        String token = server.token(reporter);
        server.callAs(token, "PATCH", "/api/v1/flags/probed", "{}");
        await().untilAsserted(() -> assertThat(
                        server.call("GET", "/api/v1/audit?subject=token:probing&action=access.refused", "")
                                .json()
                                .getJsonArray("entries")
                                .getJsonObject(0)
                                .getJsonObject("after")
                                .getMap())
                .containsEntry("status", 403)
                .containsEntry("path", "/api/v1/flags/probed"));

        for (int i = 0; i < 150; i++) {
            assertThat(server.callAs("turnout_guess", "GET", "/api/v1/flags", "")
                            .code())
                    .isEqualTo(401);
        }
        JsonArray nobody = server.call("GET", "/api/v1/audit?subject=token:nobody&limit=1000", "")
                .json()
                .getJsonArray("entries");
        assertThat(nobody.size()).isLessThan(120);
    }
}
