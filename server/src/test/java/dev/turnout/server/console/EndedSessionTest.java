package dev.turnout.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.Server;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Role;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cookie that somebody has copied, on two servers of one installation. */
class EndedSessionTest {
    private static ServerFixture first;
    private static Server second;
    private static URI there;

    @BeforeAll
    static void start(@TempDir Path data, @TempDir Path other) throws Exception {
        first = ServerFixture.start(data);
        second = first.beside(other);
        there = URI.create("http://127.0.0.1:" + second.port());
    }

    @AfterAll
    static void close() throws Exception {
        second.close();
        first.close();
    }

    /** Somebody who logs in on the one server, and whoever has copied the cookie and shows it to the other. */
    private record Two(Visitor owner, Visitor thief) {
        static Two of(String token) throws Exception {
            Visitor owner = new Visitor(first.uri()).login(token);
            Visitor thief = new Visitor(there);
            thief.cookie(owner.cookie());
            assertThat(owner.get("/flags").statusCode()).isEqualTo(200);
            assertThat(thief.get("/flags").statusCode()).isEqualTo(200);
            return new Two(owner, thief);
        }
    }

    @Test
    void a_logout_ends_every_copy_of_the_cookie_at_once_and_on_every_server() throws Exception {
        Two two = Two.of(first.admin());
        String proof = two.owner.proof();
        Visitor here = new Visitor(first.uri());
        here.cookie(two.owner.cookie());

        HttpResponse<String> out = two.owner.post("/logout", Map.of("proof", proof));

        assertThat(out.statusCode()).isEqualTo(303);
        assertThat(here.get("/flags").statusCode()).isEqualTo(401);
        assertThat(two.thief.get("/flags").statusCode()).isEqualTo(401);
        assertThat(two.thief.get("/console/events").statusCode()).isEqualTo(401);
        assertThat(two.thief
                        .post("/do/freeze-all", Map.of("proof", proof, "reason", "mischief", "to", "/"))
                        .statusCode())
                .as("a form of the ended session, with its proof")
                .isEqualTo(401);
        assertThat(first.call("GET", "/api/v1/freezes", "").body()).doesNotContain("mischief");
    }

    @Test
    void another_session_of_the_same_token_goes_on() throws Exception {
        Two two = Two.of(first.admin());
        Visitor colleague = new Visitor(there).login(first.admin());

        two.owner.post("/logout", Map.of("proof", two.owner.proof()));

        assertThat(colleague.get("/flags").statusCode()).isEqualTo(200);
        assertThat(new Visitor(first.uri()).login(first.admin()).get("/flags").statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_revoked_token_ends_its_sessions_at_once_on_every_server() throws Exception {
        first.call("POST", "/api/v1/tokens", "{\"name\":\"nurse\",\"roles\":[\"OPERATE\"]}");
        String token = first.call("POST", "/api/v1/tokens/nurse/rotate", "{\"overlap\":\"PT0S\"}")
                .json()
                .getString("token");
        Two two = Two.of(token);

        assertThat(first.call("DELETE", "/api/v1/tokens/nurse", "").code()).isEqualTo(200);

        assertThat(two.owner.get("/flags").statusCode()).isEqualTo(401);
        assertThat(two.thief.get("/flags").statusCode()).isEqualTo(401);
    }

    @Test
    void a_logout_while_the_control_database_is_silent_is_made_up_for(@TempDir Path data, @TempDir Path other)
            throws Exception {
        CutWay way = new CutWay();
        try (ServerFixture server = ServerFixture.start(data, way::over);
                Server beside = server.beside(other)) {
            String token = server.token(Role.OPERATE);
            Visitor owner = new Visitor(server.uri()).login(token);
            String cookie = owner.cookie();
            String proof = owner.proof();
            Visitor thief = new Visitor(server.uri());
            thief.cookie(cookie);
            Visitor elsewhere = new Visitor(URI.create("http://127.0.0.1:" + beside.port()));
            elsewhere.cookie(cookie);

            way.stick();

            HttpResponse<String> out = owner.post("/logout", Map.of("proof", proof));
            assertThat(out.statusCode()).isEqualTo(503);
            assertThat(out.body()).contains("you are logged out here and on this server", "copy of the cookie");
            assertThat(owner.cookie()).endsWith("=");
            assertThat(thief.get("/flags").statusCode()).isEqualTo(401);

            way.flow();

            await().untilAsserted(() -> {
                new Visitor(server.uri()).login(token);
                assertThat(elsewhere.get("/flags").statusCode()).isEqualTo(401);
            });
        } finally {
            way.close();
        }
    }
}
