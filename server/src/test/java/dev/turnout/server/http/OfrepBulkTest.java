package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.FlagSet;
import dev.turnout.flags.wire.Ruleset;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OfrepBulkTest {
    private static final String ALL = "/ofrep/v1/evaluate/flags";
    private static final String FLAGS = "/api/v1/flags/";
    private static final String USER_42 = "{\"context\":{\"targetingKey\":\"user-42\"}}"; // bucket 5453 of new-schema

    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        put("new-schema", "{\"weight\":\"10%\"}");
        put("tenants", "{\"weight\":\"50%\",\"bucketBy\":\"companyId\"}");
        put("gone", "{\"state\":\"ARCHIVED\"}");
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @Test
    void all_flags_are_answered_and_a_failure_is_one_item() {
        Response response = server.call("POST", ALL, USER_42);
        assertThat(response.code()).as(response.body()).isEqualTo(200);
        assertThat(response.type()).isEqualTo("application/json");
        JsonArray flags = response.json().getJsonArray("flags");
        JsonObject schema = item(flags, "new-schema");
        assertThat(schema.getBoolean("value")).isTrue();
        assertThat(schema.getJsonObject("metadata").getInteger("bucket")).isEqualTo(5453);
        assertThat(schema)
                .isEqualTo(server.call("POST", ALL + "/new-schema", USER_42).json());
        assertThat(item(flags, "tenants").getString("errorCode")).isEqualTo("TARGETING_KEY_MISSING");
        assertThat(item(flags, "tenants").getString("errorDetails")).isNotBlank();
        assertThat(flags.stream().map(JsonObject.class::cast).map(flag -> flag.getString("key")))
                .doesNotContain("gone");
        JsonObject stream = response.json().getJsonArray("eventStreams").getJsonObject(0);
        assertThat(stream.getString("type")).isEqualTo("sse");
        assertThat(stream.getJsonObject("endpoint").getString("requestUri")).startsWith("/ofrep/v1/events?ticket=");
    }

    @Test
    void the_etag_is_of_the_flags_and_the_whole_context() {
        String other = USER_42.replace("}}", ",\"country\":\"KR\"}}");
        String etag = server.call("POST", ALL, USER_42).etag();
        assertThat(etag).matches("\"[0-9a-f]{24}\"");
        assertThat(server.call("POST", ALL, USER_42, "If-None-Match", etag))
                .returns(304, Response::code)
                .returns("", Response::body)
                .returns(etag, Response::etag);
        assertThat(server.call("POST", ALL, USER_42, "If-None-Match", "\"x\", W/" + etag)
                        .code())
                .isEqualTo(304);
        assertThat(server.call("POST", ALL, USER_42, "If-None-Match", "*").code())
                .isEqualTo(304);
        assertThat(server.call("POST", ALL, other, "If-None-Match", etag).code())
                .isEqualTo(200);
        assertThat(server.callAs(server.token(Role.EVALUATE), "POST", ALL, USER_42, "If-None-Match", etag)
                        .code())
                .isEqualTo(200);

        patch("new-schema", "{\"weight\":\"11%\"}");
        refreshed("new-schema");
        assertThat(server.call("POST", ALL, USER_42, "If-None-Match", etag).code())
                .isEqualTo(200);
    }

    @Test
    void an_answer_that_changes_with_time_changes_its_etag() {
        put(
                "timed",
                "{\"weight\":\"100%\",\"schedule\":{\"closes\":\""
                        + server.control.clock.instant().plusSeconds(60) + "\"}}");
        refreshed("timed");
        String etag = server.call("POST", ALL, USER_42).etag();
        assertThat(server.call("POST", ALL, USER_42, "If-None-Match", etag).code())
                .isEqualTo(304);
        server.control.clock.pass(Duration.ofSeconds(61));
        Response later = server.call("POST", ALL, USER_42, "If-None-Match", etag);
        assertThat(later.code()).isEqualTo(200);
        assertThat(item(later.json().getJsonArray("flags"), "timed").getString("reason"))
                .isEqualTo("DISABLED");

        put("foreign", "{\"rules\":[{\"when\":[{\"strategy\":\"username\",\"users\":\"x\"}],\"serve\":\"on\"}]}");
        refreshed("foreign");
        assertThat(server.call("POST", ALL, USER_42).etag())
                .as("nobody knows what changes it")
                .isEmpty();
        patch("foreign", "{\"rules\":[]}");
        refreshed("foreign");
    }

    @Test
    void who_heard_of_a_change_is_never_answered_with_304_of_another_view() {
        String etag = server.call("POST", ALL, USER_42).etag();
        String version = server.call("GET", "/api/v1/flags", "").etag().replace("\"", "");
        String same = "?flagConfigEtag=%22v" + version + "%22&flagConfigLastModified=1771622898";
        Awaitility.await()
                .until(() -> server.call("POST", ALL + same, USER_42, "If-None-Match", etag)
                                .code()
                        == 304);
        assertThat(server.call("POST", ALL + "?flagConfigEtag=%22other%22", USER_42, "If-None-Match", etag)
                        .code())
                .isEqualTo(200);
        long started = System.nanoTime();
        assertThat(server.call("POST", ALL + "?flagConfigEtag=%22v999999%22", USER_42, "If-None-Match", etag)
                        .code())
                .as("told of a version that is not there yet")
                .isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void a_stream_tells_of_each_change_and_its_ticket_does_nothing_else() throws Exception {
        String uri = server.call("POST", ALL, USER_42)
                .json()
                .getJsonArray("eventStreams")
                .getJsonObject(0)
                .getJsonObject("endpoint")
                .getString("requestUri");
        try (Listener listener = new Listener(server.uri().resolve(uri))) {
            assertThat(listener.code()).isEqualTo(200);
            assertThat(listener.silent(200)).isTrue();
            long version = patch("new-schema", "{\"notes\":\"" + System.nanoTime() + "\"}");
            Listener.Event event = listener.next();
            assertThat(new JsonObject(event.data()).getString("type")).isEqualTo("refetchEvaluation");
            assertThat(new JsonObject(event.data()).getString("etag")).isEqualTo("\"v" + version + "\"");
            assertThat(event.id()).isEqualTo(String.valueOf(version));
            try (Listener late = new Listener(server.uri().resolve(uri), "Last-Event-ID", "1")) {
                assertThat(late.next().id()).isEqualTo(event.id());
            }
        }
        String ticket = uri.substring(uri.indexOf('=') + 1);
        assertThat(server.callAs(ticket, "GET", FLAGS, "").code()).isEqualTo(401);
        for (String forged : List.of("", "x", ticket.replace('.', '-'), ticket + "A", "." + ticket)) {
            assertThat(server.callAs("", "GET", "/ofrep/v1/events?ticket=" + forged, "")
                            .code())
                    .as(forged)
                    .isEqualTo(401);
        }
    }

    @Test
    void the_ruleset_comes_as_a_document_and_as_a_stream() throws Exception {
        String token = server.token(Role.EVALUATE);
        Response document = server.callAs(token, "GET", "/api/v1/ruleset", "");
        FlagSet flags = Ruleset.read(document.body());
        assertThat(document.etag()).isEqualTo("\"" + flags.version() + "\"");
        assertThat(flags.flag("new-schema")).isPresent();
        assertThat(server.callAs(token, "GET", "/api/v1/ruleset", "", "If-None-Match", document.etag())
                        .code())
                .isEqualTo(304);
        URI uri = server.uri().resolve("/api/v1/ruleset");
        String[] headers = {"Authorization", "Bearer " + token, "Accept", "text/event-stream"};
        try (Listener listener = new Listener(uri, headers)) {
            Listener.Event first = listener.next();
            assertThat(Ruleset.read(first.data()).version()).isEqualTo(Long.parseLong(first.id()));
            long version = patch("new-schema", "{\"notes\":\"" + System.nanoTime() + "\"}");
            Listener.Event second = listener.next();
            assertThat(second.id()).isEqualTo(String.valueOf(version));
            try (Listener again = new Listener(
                    uri,
                    "Authorization",
                    "Bearer " + token,
                    "Accept",
                    "text/event-stream",
                    "Last-Event-ID",
                    second.id())) {
                assertThat(again.silent(200)).as("it has the newest").isTrue();
            }
        }
        try (Listener refused = new Listener(uri, "Accept", "text/event-stream")) {
            assertThat(refused.code()).isEqualTo(401);
        }
    }

    private static JsonObject item(JsonArray flags, String key) {
        return flags.stream()
                .map(JsonObject.class::cast)
                .filter(flag -> flag.getString("key").equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static void put(String key, String flag) {
        Response stored = server.call("PUT", FLAGS + key, flag);
        assertThat(stored.code()).as(stored.body()).isEqualTo(201);
        refreshed(key);
    }

    private static long patch(String key, String patch) {
        Response stored = server.call("PATCH", FLAGS + key, patch);
        assertThat(stored.code()).as(stored.body()).isEqualTo(200);
        return stored.json().getLong("version");
    }

    /** The server's snapshot hears of a change shortly after it is made. */
    private static void refreshed(String key) {
        long version = server.call("GET", FLAGS + key, "").json().getLong("version");
        Awaitility.await()
                .until(() ->
                        Ruleset.read(server.call("GET", "/api/v1/ruleset", "").body())
                                        .version()
                                >= version);
    }
}
