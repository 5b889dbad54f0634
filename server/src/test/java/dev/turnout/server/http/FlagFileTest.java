package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlagFileTest {
    private static final String FILE = """
            flags:
              search:
                weight: 25%
                owner: "yes"
                notes: |
                  two
                  lines
              base: {weight: 100%}
              needing:
                prerequisites: [{flag: base, variants: [true]}]
                rules:
                  - {name: staff, when: [{attribute: role, operator: in, values: [staff]}], serve: new}
                variants: {old: 1, new: 2}
                oldVariant: old
                newVariant: new
            """;

    private ServerFixture server;

    @BeforeEach
    void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private Response put(String query, String file, String... headers) {
        return server.call("POST", "/api/v1/flags/import" + query, file, headers);
    }

    private static List<String> changes(Response response) {
        assertThat(response.code()).as(response.body()).isEqualTo(200);
        return response.json().getJsonArray("changes").stream()
                .map(each -> (JsonObject) each)
                .map(each -> each.getString("what") + " " + each.getString("key"))
                .toList();
    }

    @Test
    void what_is_exported_is_what_is_imported() {
        String sound = FILE.replace("variants: [true]", "variants: ['on']");
        assertThat(changes(put("?dryRun=true", sound)))
                .containsExactly("create base", "create needing", "create search");
        assertThat(server.call("GET", "/api/v1/flags", "").json().getJsonArray("flags"))
                .isEmpty();

        assertThat(changes(put("", sound))).hasSize(3);
        Response exported = server.call("GET", "/api/v1/flags/export", "");
        assertThat(exported.type()).isEqualTo("application/yaml");
        assertThat(exported.body()).contains("weight: 25%").doesNotContain("version", "seed");
        assertThat(changes(put("", exported.body(), "If-Match", exported.etag())))
                .isEmpty();
        assertThat(server.call("GET", "/api/v1/flags/export", "").body()).isEqualTo(exported.body());

        Response changed = put("?dryRun=true", exported.body().replace("25%", "30%"));
        assertThat(changes(changed)).containsExactly("change search");
        assertThat(changed.json().getJsonArray("changes").getJsonObject(0).getJsonArray("members"))
                .containsExactly(new JsonObject()
                        .put("member", "weight")
                        .put("before", "25%")
                        .put("after", "30%"));
        assertThat(changes(put("?prune=true", "flags: {search: {weight: 30%}}", "X-Turnout-Reason", "tidy")))
                .containsExactly("archive base", "archive needing", "change search");
        assertThat(server.call("GET", "/api/v1/audit?subject=flag:base", "").body())
                .contains("tidy");
    }

    @Test
    void nothing_is_changed_unless_everything_can_be() {
        Response refused = put("", FILE + "  bad key: {}\n  off: 7\n  typo: {wieght: 5%}\n");
        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.json().getJsonArray("problems").stream().map(Object::toString))
                .anyMatch(problem -> problem.startsWith("flags.bad key is no key"))
                .anyMatch(problem -> problem.startsWith("flags.off must be an object"));
        refused = put("", FILE + "  typo: {wieght: 5%}\n  high: {weight: 500%}\n");
        assertThat(refused.json().getJsonArray("problems").stream().map(Object::toString))
                .anyMatch(problem -> problem.startsWith("flags.typo.wieght is not known"))
                .anyMatch(problem -> problem.startsWith("flags.high.weight: a percentage"));
        refused = put("", FILE);
        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.body()).contains("the prerequisite base has no variant 'true'");
        assertThat(server.call("GET", "/api/v1/flags", "").json().getLong("version"))
                .isZero();

        assertThat(put("", "flags: [").code()).isEqualTo(400);
        assertThat(put("", "flags: {a: &a {notes: *a}}").code()).isEqualTo(400);
        assertThat(put("", "{a: 1, a: 2}").code()).isEqualTo(400);
        assertThat(put("", "flags: " + "[".repeat(20_000)).code()).isEqualTo(400);
        assertThat(put("", "flags: !!javax.script.ScriptEngineManager {}").code())
                .isEqualTo(400);
        assertThat(put("", "- a").code()).isEqualTo(400);
    }

    @Test
    void a_file_is_applied_to_what_it_was_made_from() {
        put("", "flags: {a: {}}");
        String etag = server.call("GET", "/api/v1/flags/export", "").etag();
        server.call("PATCH", "/api/v1/flags/a", "{\"owner\":\"somebody\"}");

        Response stale = put("", "flags: {a: {weight: 5%}}", "If-Match", etag);

        assertThat(stale.code()).isEqualTo(412);
        assertThat(stale.json().getLong("currentVersion")).isEqualTo(2);
    }

    @Test
    void a_latched_flag_stays_latched() {
        put("", "flags: {a: {weight: 5%}}");
        assertThat(server.call("POST", "/api/v1/flags/a/kill", "{}").json().getString("detail"))
                .isEqualTo("reason is missing: say why");
        assertThat(server.call("POST", "/api/v1/flags/a/kill", "{\"reason\":\"fire\"}")
                        .code())
                .isEqualTo(200);

        assertThat(changes(put("", "flags: {a: {owner: team}}"))).containsExactly("change a");

        assertThat(server.call("GET", "/api/v1/flags/a", "").json().getString("rolledBack"))
                .contains("fire");
    }
}
