package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetingApiTest {
    private static final String FLAGS = "/api/v1/flags/";
    private static final String RULES = """
            {"schedule": {"opens": "2020-01-31T09:00:00+09:00"},
             "rules": [
               {"name": "staff", "when": [{"attribute": "role", "operator": "in", "values": ["staff", "a,b"]}], "serve": "on"},
               {"when": [{"attribute": "age", "operator": ">=", "values": 18},
                         {"strategy": "turnout-time", "from": "2020-01-01T00:00:00Z"},
                         {"strategy": "username", "users": "user-42,user-1"}],
                "serve": [{"variant": "on", "weight": "25%"}, {"variant": "off", "weight": "75%"}]}]}
            """;

    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @Test
    void rules_come_back_as_they_were_written_and_answer() {
        Response made = server.call("PUT", FLAGS + "new-schema", RULES);
        assertThat(made.code()).as(made.body()).isEqualTo(201);
        JsonArray rules = made.json().getJsonArray("rules");
        assertThat(rules.getJsonObject(0).getJsonArray("when").getJsonObject(0).getJsonArray("values"))
                .containsExactly("staff", "a,b");
        assertThat(rules.getJsonObject(1).getJsonArray("serve").getJsonObject(0).getString("weight"))
                .isEqualTo("25%");
        Response again = server.call("PUT", FLAGS + "new-schema", made.body(), "If-Match", made.etag());
        assertThat(again.etag()).as("nothing changed").isEqualTo(made.etag());

        assertThat(explained("new-schema", "nobody", "{\"role\":\"a,b\"}").getBoolean("value"))
                .isTrue();
        assertThat(explained("new-schema", "nobody", "{\"role\":\"guest\"}").getString("reason"))
                .isEqualTo("DEFAULT");
        JsonObject split = explained("new-schema", "user-42", "{\"age\":40}"); // bucket 5453
        assertThat(split.getBoolean("value")).isTrue();
        assertThat(split.getInteger("bucket")).isEqualTo(5453);
        assertThat(split.getJsonArray("steps").stream().map(Object::toString))
                .anyMatch(step -> step.startsWith("rule 1 'staff' does not hold"))
                .anyMatch(step -> step.startsWith("rule 2 holds"))
                .anyMatch(step -> step.contains("25% 'on'"));
        Response ofrep = server.call(
                "POST",
                "/ofrep/v1/evaluate/flags/new-schema",
                "{\"context\":{\"targetingKey\":\"x\",\"role\":\"staff\"}}");
        assertThat(ofrep.json().getString("reason")).isEqualTo("TARGETING_MATCH");
    }

    @Test
    void everything_wrong_with_the_rules_is_told_at_once_with_its_place() {
        Response refused = server.call("PUT", FLAGS + "wrong", """
                {"schedule": {"opens": "soon"},
                 "prerequisites": [{"flag": "a b", "variants": []}],
                 "rules": [{"when": {"attribute": "x"}, "serve": "on"},
                           {"when": [{"strategy": "of-nobody"}, {"attribute": "a", "operator": "like", "values": ["x"]}],
                            "serve": "purple", "else": "off"},
                           {"when": [7], "serve": [{"variant": "on", "weight": "120%"}]}]}
                """);
        assertThat(refused.code()).as(refused.body()).isEqualTo(422);
        assertThat(refused.json().getJsonArray("problems").stream().map(Object::toString))
                .anyMatch(problem -> problem.startsWith("schedule.opens must be an instant"))
                .anyMatch(problem -> problem.contains("the prerequisite 'a b' is no key of a flag"))
                .anyMatch(problem -> problem.contains("the prerequisite 'a b' names no variant"))
                .anyMatch(problem -> problem.startsWith("rules[0].when must be a list"))
                .anyMatch(problem -> problem.startsWith("rules[1].when[0].strategy 'of-nobody' is not installed"))
                .anyMatch(problem -> problem.contains("rule 2 turnout-attribute: the operator is one of"))
                .anyMatch(problem -> problem.contains("rule 2 serves 'purple'"))
                .anyMatch(problem -> problem.startsWith("rules[1].else is not known"))
                .anyMatch(problem -> problem.startsWith("rules[2].when[0] must be an object"))
                .anyMatch(problem -> problem.contains("weight: a percentage is from 0 to 100"));
    }

    @Test
    void prerequisites_stay_sound() {
        server.call("PUT", FLAGS + "base", "{\"weight\":\"100%\"}");
        assertThat(server.call("PUT", FLAGS + "lost", needs("nowhere", "on")).body())
                .contains("the prerequisite nowhere is not there");
        assertThat(server.call("PUT", FLAGS + "odd", needs("base", "purple")).body())
                .contains("has no variant 'purple'");
        assertThat(server.call("PUT", FLAGS + "top", needs("base", "on")).code())
                .isEqualTo(201);
        Response circle = server.call("PATCH", FLAGS + "base", needs("top", "on"));
        assertThat(circle.code()).isEqualTo(409);
        assertThat(circle.body()).contains("the flag base would wait for itself");
        Response archived = server.call("PATCH", FLAGS + "base", "{\"state\":\"ARCHIVED\"}");
        assertThat(archived.code()).isEqualTo(409);
        assertThat(archived.body()).contains("a prerequisite of top");
        assertThat(server.call("PATCH", FLAGS + "top", "{\"state\":\"ARCHIVED\"}")
                        .code())
                .isEqualTo(200);
        assertThat(server.call("PATCH", FLAGS + "base", "{\"state\":\"ARCHIVED\"}")
                        .code())
                .isEqualTo(200);
    }

    @Test
    void what_cannot_be_explained_is_said() {
        assertThat(server.call("GET", FLAGS + "nowhere/explain?targetingKey=u", "")
                        .code())
                .isEqualTo(404);
        assertThat(server.call("GET", FLAGS + "nowhere/explain?context=%5B%5D", "")
                        .code())
                .isEqualTo(400);
    }

    private static String needs(String flag, String variant) {
        return "{\"prerequisites\":[{\"flag\":\"" + flag + "\",\"variants\":[\"" + variant + "\"]}]}";
    }

    /** The server's snapshot hears of a change shortly after it is made. */
    private static JsonObject explained(String flag, String key, String context) {
        String path = FLAGS + flag + "/explain?targetingKey=" + key + "&context="
                + URLEncoder.encode(context, StandardCharsets.UTF_8);
        return Awaitility.await()
                .until(() -> server.call("GET", path, ""), response -> response.code() == 200)
                .json();
    }
}
