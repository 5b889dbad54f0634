package dev.turnout.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.Role;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All flags go to a file and come back by forms: looked at first, then applied as they were looked at. */
class FlagFilePageTest {
    private static final Pattern HIDDEN = Pattern.compile("name=\"(seen|match)\" value=\"([^\"]*)\"");
    private static final String FILE = """
            flags:
              checkout:
                weight: 25%
                owner: <team>
              search:
                weight: 5%
            """;

    private ServerFixture server;
    private Visitor operator;

    @BeforeEach
    void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        operator = new Visitor(server.uri()).login(server.token(Role.OPERATE));
        server.call("PUT", "/api/v1/flags/search", "{\"weight\":\"10%\"}");
        server.call("PUT", "/api/v1/flags/unnamed", "{}");
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private String weight(String flag) {
        return server.call("GET", "/api/v1/flags/" + flag, "").json().getString("weight");
    }

    private int code(String flag) {
        return server.call("GET", "/api/v1/flags/" + flag, "").code();
    }

    private HttpResponse<String> look(String text, String... more) throws Exception {
        return send(operator, "look", text, Map.of(), more);
    }

    /** As a browser does from the page that was shown. */
    private HttpResponse<String> apply(HttpResponse<String> shown, String text, String... more) throws Exception {
        List<String> fields = new ArrayList<>(List.of(more));
        Matcher hidden = HIDDEN.matcher(shown.body());
        while (hidden.find()) {
            fields.add(hidden.group(1));
            fields.add(hidden.group(2).replace("&#34;", "\"").replace("&quot;", "\""));
        }
        return send(operator, "apply", text, Map.of(), fields.toArray(String[]::new));
    }

    private static HttpResponse<String> send(
            Visitor visitor, String what, String text, Map<String, String> files, String... more) throws Exception {
        Map<String, String> fields = Visitor.fields(more);
        fields.putIfAbsent("proof", visitor.proof());
        fields.put("do", what);
        fields.put("text", text.replace("\n", "\r\n"));
        return visitor.upload("/flag-file", List.copyOf(fields.entrySet()), files);
    }

    @Test
    void the_file_that_is_downloaded_is_the_one_of_the_api_and_needs_a_login() throws Exception {
        HttpResponse<String> file = operator.get("/flag-file/flags.yaml");
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.body())
                .isEqualTo(server.call("GET", "/api/v1/flags/export", "").body());
        assertThat(file.body()).contains("search:", "weight: 10%");
        assertThat(file.headers().firstValue("Content-Disposition")).contains("attachment; filename=\"flags.yaml\"");
        assertThat(file.headers().firstValue("Content-Type")).contains("application/yaml; charset=utf-8");
        assertThat(file.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(new Visitor(server.uri()).get("/flag-file/flags.yaml").statusCode())
                .isEqualTo(401);
        assertThat(look(file.body()).body()).contains("Nothing differs").doesNotContain("value=\"apply\"");
    }

    @Test
    void a_file_is_looked_at_and_then_applied_with_a_reason() throws Exception {
        assertThat(operator.get("/flags").body()).contains("href=\"/flag-file\"");
        assertThat(operator.get("/flag-file").body())
                .contains("href=\"/flag-file/flags.yaml\"", "name=\"text\"", "type=\"file\"")
                .doesNotContain("value=\"apply\"");

        HttpResponse<String> shown = look(FILE);
        assertThat(shown.statusCode()).as(shown.body()).isEqualTo(200);
        assertThat(shown.headers().firstValue("Content-Security-Policy")).contains(Headers.POLICY);
        assertThat(shown.body())
                .contains("2 flags would change; nothing was changed yet")
                .containsPattern("checkout <span class=\"tag\">is made</span>")
                .containsPattern("search</a> <span class=\"tag\">changes</span>")
                .contains("<code>weight</code> <del>10%</del> <ins>5%</ins>", "&lt;team&gt;")
                .doesNotContain("<team>", "unnamed", "style=");
        assertThat(weight("search")).isEqualTo("10%");
        assertThat(code("checkout")).isEqualTo(404);

        HttpResponse<String> applied = apply(shown, FILE, "reason", "über Nacht beschlossen");
        assertThat(applied.statusCode()).as(applied.body()).isEqualTo(303);
        assertThat(applied.headers().firstValue("Location")).contains("/flags?done=import-flags");
        assertThat(operator.get("/flags?done=import-flags").body()).contains("The flags are what the file says.");
        assertThat(weight("search")).isEqualTo("5%");
        assertThat(weight("checkout")).isEqualTo("25%");
        assertThat(operator.get("/audit").body()).contains("über Nacht beschlossen");
        assertThat(look(FILE).body()).contains("Nothing differs");
    }

    @Test
    void nothing_is_applied_that_was_not_looked_at() throws Exception {
        HttpResponse<String> shown = look(FILE);
        String other = FILE.replace(": 5%", ": 50%");
        assertThat(apply(shown, other, "reason", "x").body())
                .contains("this is not the file that was looked at", "<ins>50%</ins>");
        assertThat(apply(shown, FILE, "reason", "x", "prune", "true").body())
                .contains("this is not the file that was looked at", "is archived");
        assertThat(apply(shown, FILE, "reason", " ").body()).contains("not applied: say why", "<ins>5%</ins>");

        assertThat(apply(shown, FILE.replace(": 5%", ": 500%"), "reason", "x").body())
                .contains("this is not the file that was looked at", "flags.search.");

        server.call("PUT", "/api/v1/flags/meanwhile", "{}");
        HttpResponse<String> late = apply(shown, FILE, "reason", "x");
        assertThat(late.body()).contains("not applied: flags have changed since", "<ins>5%</ins>");
        assertThat(weight("search")).isEqualTo("10%");
        assertThat(code("checkout")).isEqualTo(404);

        assertThat(apply(late, FILE, "reason", "x").statusCode()).isEqualTo(303);
        assertThat(weight("search")).isEqualTo("5%");
    }

    @Test
    void a_file_that_is_chosen_takes_the_place_of_the_text_and_may_archive_what_it_does_not_name() throws Exception {
        String chosen = "\uFEFF\r\n" + FILE.replace("\n", "\r\n");
        HttpResponse<String> shown = send(operator, "look", "old: text", Map.of("flags.yaml", chosen), "prune", "true");
        assertThat(shown.body())
                .contains("3 flags would change", "unnamed</a> <span class=\"tag\">is archived</span>")
                .contains("name=\"prune\" value=\"true\" checked");

        assertThat(apply(shown, FILE, "reason", "x", "prune", "true").statusCode())
                .as("the text that stands on the page is the file's")
                .isEqualTo(303);
        assertThat(server.call("GET", "/api/v1/flags/unnamed", "").json().getString("state"))
                .isEqualTo("ARCHIVED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                    | paste a file, or choose one, first",
                "' \n '                                | paste a file, or choose one, first",
                "'flags: ['                            | is not YAML",
                "'flags: {a: {weight: 25%}, a: {}}'    | is not YAML",
                "'flag: {}'                            | flag",
                "'just words'                          | it begins with flags:, and below that",
                "'flags: {a: {weight: 250%}}'          | flags.a.",
                "'flags: {a b: {}}'                    | is no key of a flag",
                "'flags: {a: {hue: red}}'              | hue",
                "'flags: {a: {notes: <b>\u0001</b>}}'  | is not YAML",
                "'flags: {a: {notes: \uFFFD}}'         | this is not all UTF-8",
            })
    void nonsense_is_told_beside_the_text_and_changes_nothing(String text, String told) throws Exception {
        for (String what : List.of("look", "apply")) {
            HttpResponse<String> shown = send(operator, what, text, Map.of(), "reason", "x");
            assertThat(shown.statusCode()).as(shown.body()).isEqualTo(200);
            assertThat(shown.body())
                    .contains(told, "role=\"alert\"")
                    .doesNotContain("value=\"apply\"", "<b>", "Exception");
        }
        assertThat(server.call("GET", "/api/v1/flags", "").json().getJsonArray("flags"))
                .hasSize(2);
    }

    @Test
    void every_problem_of_a_file_is_told_at_once() throws Exception {
        assertThat(look("flags: {a: {weight: 250%}, b: {weight: x}}").body()).contains("flags.a.", "flags.b.");
    }

    @Test
    void only_our_own_page_applies_anything_and_only_within_the_token_s_reach() throws Exception {
        HttpResponse<String> shown = look(FILE);
        assertThat(apply(shown, FILE, "reason", "x", "proof", "forged").statusCode())
                .isEqualTo(403);
        assertThat(operator.get("/flag-file").statusCode()).isEqualTo(200);

        Visitor scoped = new Visitor(server.uri())
                .login(server.token(
                        new Caller("scoped", Set.of(Role.OPERATE), Set.of("checkout"), OptionalInt.empty())));
        assertThat(scoped.get("/flag-file").body()).doesNotContain("name=\"prune\"");
        assertThat(scoped.get("/flag-file/flags.yaml").body()).doesNotContain("search");
        assertThat(send(scoped, "look", FILE, Map.of()).body()).contains("not the flag 'search'");
        assertThat(send(scoped, "look", FILE.substring(0, FILE.indexOf("  search")), Map.of(), "prune", "true")
                        .body())
                .contains("needs a token that reaches all flags");
        assertThat(code("checkout")).isEqualTo(404);
    }

    @Test
    void a_file_that_is_too_long_is_refused_before_it_fills_the_memory() throws Exception {
        assertThat(send(operator, "look", "", Map.of("flags.yaml", "x".repeat(server.bodyBytes() + 1)))
                        .statusCode())
                .isEqualTo(413);
        assertThat(operator.get("/flag-file").statusCode()).isEqualTo(200);
    }

    @Test
    void many_flags_are_shown_by_what_differs_only() throws Exception {
        JsonObject rules = new JsonObject("""
                {"variants":{"old":1,"new":2},"oldVariant":"old","newVariant":"new",
                 "rules":[{"name":"staff","when":[{"attribute":"role","operator":"in","values":["staff"]}],"serve":"new"}]}""");
        assertThat(server.call("PUT", "/api/v1/flags/ruled", rules.encode()).code())
                .isEqualTo(201);
        String file = operator.get("/flag-file/flags.yaml").body();
        assertThat(look(file.replace("- staff", "- nurse")).body())
                .contains("1 flag would change", "Apply this change")
                .containsPattern("<code>rules\\[1\\]\\.[^<]*values\\[1\\]</code> <del>staff</del> <ins>nurse</ins>");
    }
}
