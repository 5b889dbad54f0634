package dev.turnout.server.console;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Metric;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.GuardPoint;
import dev.turnout.server.control.OutcomeReport.Totals;
import dev.turnout.server.control.Role;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be known of the console without a browser: who sees and does what, and what a page is made of. */
class ConsoleTest {
    private static final String HOSTILE = "<script>alert(1)</script>\"'&";

    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        call("PUT", "/api/v1/flags/search", "{\"weight\":\"5%\",\"owner\":\"team\"}");
        call("PUT", "/api/v1/flags/other", "{\"weight\":\"0%\"}");
        call(
                "PUT",
                "/api/v1/flags/hostile",
                new JsonObject().put("notes", HOSTILE).put("owner", HOSTILE).encode());
        Bundle bundle = BundleFiles.read(repository().resolve("sql/migrations/dynamic-services/migration.yaml"));
        JsonObject files = new JsonObject();
        bundle.files().forEach(files::put);
        call(
                "POST",
                "/api/v1/migrations",
                new JsonObject().put("main", bundle.main()).put("files", files).encode());
        call("PUT", "/api/v1/flags/bad", "{\"weight\":\"50%\"}");
        call(
                "POST",
                "/api/v1/flags/bad/kill",
                new JsonObject().put("reason", HOSTILE).encode());
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static Path repository() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("sql"))
                ? here
                : here.resolve("..").normalize();
    }

    private static void call(String method, String path, String body) {
        ServerFixture.Response answer = server.call(method, path, body);
        assertThat(answer.code()).as(answer.body()).isBetween(200, 202);
    }

    private static Visitor visitor(String token) throws Exception {
        return new Visitor(server.uri()).login(token);
    }

    private static JsonObject flag(String key) {
        return server.call("GET", "/api/v1/flags/" + key, "").json();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/flags",
                "/flags?text=search",
                "/flags/search",
                "/flags/search?percent=12.345&subject=ann&context=%7B%22plan%22%3A%22gold%22%7D",
                "/flags/search?guard=14d",
                "/flags/use-dynamic-services",
                "/migrations/dynamic-services",
                "/new-flag",
                "/new-migration",
                "/monitors",
                "/alerts",
                "/alerts?flag=search&outcome=IGNORED",
                "/alerts/test",
                "/incidents",
                "/incidents/1",
                "/audit",
                "/audit?subject=flag:search&actor=&action=",
                "/about"
            })
    void a_page_is_shown_to_operators_only_and_under_the_strictest_policy(String path) throws Exception {
        HttpResponse<String> stranger = new Visitor(server.uri()).get(path);
        assertThat(stranger.statusCode()).isEqualTo(401);
        assertThat(stranger.body()).contains("name=\"token\"").doesNotContain("team", "12.345%", "reservations");

        HttpResponse<String> page = visitor(server.token(Role.OPERATE)).get(path);

        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .contains("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                        + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(page.body())
                .doesNotContain("style=", "javascript:", "<style", "<script>")
                .doesNotContainPattern("\\son[a-z]+=")
                .contains("lang=\"en\"", "<h1>");
    }

    @ParameterizedTest
    @EnumSource(names = {"EVALUATE", "REPORT", "WRITE", "ALERT"})
    void a_token_that_may_not_operate_is_not_let_in(Role role) throws Exception {
        Visitor visitor = new Visitor(server.uri());

        HttpResponse<String> refused = visitor.post("/login", Map.of("token", server.token(role), "to", "/"));

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("operate");
        assertThat(visitor.cookie()).isEmpty();
        assertThat(visitor.post("/login", Map.of("token", "turnout_guess", "to", "/"))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void tokens_are_the_administrators_business() throws Exception {
        Visitor operator = visitor(server.token(Role.OPERATE));
        assertThat(operator.get("/tokens").statusCode()).isEqualTo(403);
        assertThat(operator.get("/").body()).doesNotContain("href=\"/tokens\"");
        assertThat(operator.act("create-token", "name", "mine", "roles", "ADMIN")
                        .statusCode())
                .isEqualTo(403);

        Visitor admin = visitor(server.admin());
        HttpResponse<String> made = admin.act("create-token", "name", "app-1", "roles", "EVALUATE", "expiresIn", "P1D");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        Matcher token = Pattern.compile("value=\"(turnout_[^\"]+)\"").matcher(made.body());
        assertThat(token.find()).isTrue();
        assertThat(server.callAs(
                                token.group(1),
                                "POST",
                                "/ofrep/v1/evaluate/flags/search",
                                "{\"context\":{\"targetingKey\":\"a\"}}")
                        .code())
                .isEqualTo(200);
        assertThat(admin.get("/tokens").body()).contains("app-1").doesNotContain(token.group(1));
        assertThat(admin.act("revoke-token", "of", "app-1").statusCode()).isEqualTo(303);
    }

    @Test
    void a_percentage_is_previewed_then_set_with_a_reason_on_the_version_that_was_seen() throws Exception {
        Visitor operator = visitor(server.token(Role.OPERATE));
        String tag = server.call("GET", "/api/v1/flags/other", "").etag();

        assertThat(operator.get("/flags/other?percent=12.345").body())
                .contains("0% → 12.345%")
                .contains("buckets 0 to 12344");
        assertThat(operator.get("/flags/other?percent=0.0001").body()).contains("the finest percentage is 0.001");

        HttpResponse<String> set =
                operator.act("set-weight", "of", "other", "percent", "12.345", "match", tag, "reason", "a first share");
        assertThat(set.statusCode()).as(set.body()).isEqualTo(303);
        assertThat(set.headers().firstValue("Location")).contains("/flags?done=set-weight");
        assertThat(flag("other").getString("weight")).isEqualTo("12.345%");

        HttpResponse<String> late =
                operator.act("set-weight", "of", "other", "percent", "50", "match", tag, "reason", "from an old page");
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(flag("other").getString("weight")).isEqualTo("12.345%");
        assertThat(operator.get("/flags/other").body())
                .contains("a first share")
                .contains("12.345%");
    }

    @Test
    void what_the_guard_saw_and_what_was_decided_is_shown_beside_its_threshold() throws Exception {
        call("PUT", "/api/v1/flags/guarded", "{\"weight\":\"5%\"}");
        Visitor operator = visitor(server.token(Role.OPERATE));
        assertThat(operator.get("/flags/guarded").body())
                .contains("What the guard sees", "Nothing was reported in the last day, and nothing has to be")
                .contains("<span class=\"tag \">no rollout</span> no rollout moves this flag")
                .doesNotContain("Last decisions");

        Instant now = server.control.clock.instant();
        for (int i = 1; i <= 2; i++) {
            GuardPoint look = new GuardPoint(
                    now.minus(Duration.ofMinutes(10L * i)),
                    new Weight(5_000),
                    new Totals(95, 1, 2, 0),
                    new Totals(5, 4, 0, 1),
                    Map.of(Metric.FAILURES, 2_345_678.0));
            await(server.control.control.transaction(
                    tx -> server.control.guards.history().add(tx, "guarded", look)));
        }
        await(server.control.control.transaction(tx -> server.control
                .guards
                .decisions()
                .add(
                        tx,
                        "guarded",
                        OptionalLong.empty(),
                        "ROLL_BACK",
                        "evidence " + HOSTILE,
                        Map.of("actor", "guard"))));

        String page = operator.get("/flags/guarded").body();
        assertThat(page)
                .contains("<svg class=\"chart\"", "<title id=\"g-evidence-t\">", "<desc id=\"g-evidence-d\">")
                .contains("failures: at last 2.3e+06, at most 2.3e+06", "goes back above 1\u202f000\u202f000")
                .contains("class=\"limit\"", "10⁶", "id=\"g-failures\"", "id=\"g-slow\"", "id=\"g-mismatches\"")
                .contains("old side: at last 1.05, at most 1.05; new side: at last 80, at most 80")
                .contains("id=\"guard-table\"", "<td class=\"num\">2.3e+06</td>")
                .contains("Last decisions", "<span class=\"tag roll_back\">roll back</span>", "evidence &lt;script&gt;")
                .doesNotContain("<script>alert");
        assertThat(operator.get("/flags/guarded?guard=2h").body())
                .contains("href=\"/flags/guarded?guard=2h#guard\" aria-current=\"true\"", "A point is 30 s");
        assertThat(operator.get("/flags/guarded?guard=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
                        .body())
                .contains("A point is 6 min")
                .doesNotContain("<script>alert");
    }

    @Test
    void a_flag_returns_to_an_earlier_version() throws Exception {
        call("PUT", "/api/v1/flags/returns", "{\"weight\":\"5%\",\"owner\":\"before\"}");
        long version = flag("returns").getLong("version");
        call("PATCH", "/api/v1/flags/returns", "{\"weight\":\"7%\",\"owner\":\"after\"}");

        HttpResponse<String> restored = visitor(server.token(Role.OPERATE))
                .act("restore", "of", "returns", "version", Long.toString(version), "reason", "back");

        assertThat(restored.statusCode()).as(restored.body()).isEqualTo(303);
        assertThat(flag("returns").getString("weight")).isEqualTo("5%");
        assertThat(flag("returns").getString("owner")).isEqualTo("before");
    }

    @Test
    void a_roll_back_needs_one_form_and_its_incident_is_acknowledged_where_it_is_shown() throws Exception {
        call("PUT", "/api/v1/flags/sinks", "{\"weight\":\"30%\"}");
        Visitor operator = visitor(server.token(Role.OPERATE));

        assertThat(operator.act("roll-back", "of", "sinks", "reason", "it burns")
                        .statusCode())
                .isEqualTo(303);
        assertThat(flag("sinks").getString("weight")).isEqualTo("0%");

        String page = operator.get("/flags/sinks").body();
        Matcher incident = Pattern.compile("name=\"of\" value=\"(\\d+)\"").matcher(page);
        assertThat(incident.find()).as(page).isTrue();
        assertThat(operator.act("acknowledge", "of", incident.group(1), "reason", "mended")
                        .statusCode())
                .isEqualTo(303);
        assertThat(flag("sinks").containsKey("rolledBack")).isFalse();
    }

    /** Every action asks the API, so its rights are the API's. */
    @ParameterizedTest
    @EnumSource
    void an_action_is_refused_to_whoever_does_not_reach_its_flag_or_lacks_its_role(Action action) throws Exception {
        String scoped = server.token(
                new Caller("s-" + System.nanoTime(), Set.of(Role.OPERATE), Set.of("checkout-"), OptionalInt.empty()));
        String of =
                switch (action.parameter()) {
                    case "name" -> "dynamic-services";
                    case "id" -> "1";
                    default -> "search";
                };

        HttpResponse<String> refused =
                visitor(scoped).act(action.word(), "of", of, "reason", "because", "percent", "1", "version", "1");

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
        assertThat(flag("search").getString("weight")).isEqualTo("5%");
    }

    @Test
    void nothing_is_done_for_a_form_of_another_page() throws Exception {
        Visitor operator = visitor(server.token(Role.OPERATE));
        String proof = operator.proof();
        Map<String, String> form = Visitor.fields("of", "search", "reason", "forged", "to", "/");

        assertThat(operator.post("/do/roll-back", form).statusCode()).isEqualTo(403);
        form.put("proof", visitor(server.token(Role.OPERATE)).proof());
        assertThat(operator.post("/do/roll-back", form).statusCode()).isEqualTo(403);
        form.put("proof", proof);
        for (String[] foreign : new String[][] {
            {"Origin", "https://evil.example"},
            {"Origin", "null"},
            {"Sec-Fetch-Site", "cross-site"},
            {"Sec-Fetch-Site", "same-site"}
        }) {
            assertThat(operator.post("/do/roll-back", form, foreign).statusCode())
                    .as(String.join(": ", foreign))
                    .isEqualTo(403);
        }
        assertThat(flag("search").getString("weight")).isEqualTo("5%");
        assertThat(operator.post("/logout", Map.of("proof", "guess")).statusCode())
                .isEqualTo(403);
        assertThat(operator.get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void the_session_is_sealed_in_a_strict_cookie_and_ends_with_the_logout_or_the_token() throws Exception {
        String token = server.token(new Caller("short-lived", Set.of(Role.OPERATE)));
        Visitor visitor = new Visitor(server.uri());
        String set = visitor.post("/login", Map.of("token", token, "to", "/flags"))
                .headers()
                .firstValue("Set-Cookie")
                .orElse("");
        assertThat(set)
                .startsWith("turnout-session=")
                .contains("HTTPOnly", "SameSite=Strict", "Path=/", "Max-Age=28800")
                .doesNotContain("Secure")
                .doesNotContain(token);
        String cookie = visitor.cookie();
        char last = cookie.charAt(cookie.length() - 5);
        visitor.cookie(cookie.substring(0, cookie.length() - 5)
                + (last == 'A' ? 'B' : 'A')
                + cookie.substring(cookie.length() - 4));
        assertThat(visitor.get("/").statusCode()).as("changed by somebody").isEqualTo(401);

        visitor.cookie(cookie);
        assertThat(visitor.post("/logout", Map.of("proof", visitor.proof()))
                        .headers()
                        .firstValue("Set-Cookie")
                        .orElse(""))
                .contains("Max-Age=0");

        visitor.cookie(cookie);
        assertThat(visitor.get("/").statusCode()).as("a copy of the cookie").isEqualTo(401);
        visitor.login(token);
        assertThat(visitor.get("/").statusCode()).isEqualTo(200);
        assertThat(server.call("DELETE", "/api/v1/tokens/short-lived", "").code())
                .isEqualTo(200);
        assertThat(visitor.get("/").statusCode()).as("its token is revoked").isEqualTo(401);
    }

    @Test
    void behind_tls_the_cookie_is_for_tls_and_this_host_only() throws Exception {
        assertThat(new Visitor(server.uri())
                        .post("/login", Map.of("token", server.admin(), "to", "/"), "X-Forwarded-Proto", "https")
                        .headers()
                        .firstValue("Set-Cookie")
                        .orElse(""))
                .startsWith("__Host-turnout-session=")
                .contains("Secure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nSet-Cookie: x=y"})
    void a_login_leads_nowhere_else(String to) throws Exception {
        assertThat(new Visitor(server.uri())
                        .post("/login", Map.of("token", server.admin(), "to", to))
                        .headers()
                        .firstValue("Location"))
                .contains("/");
    }

    @Test
    void hostile_words_are_words() throws Exception {
        Visitor operator = visitor(server.token(Role.OPERATE));
        for (String path : new String[] {
            "/flags",
            "/flags/hostile",
            "/flags/bad",
            "/incidents",
            "/",
            "/audit?subject=flag:bad",
            "/flags?text=%3Cscript%3Ealert(1)%3C/script%3E%22",
            "/flags/search?percent=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
            "/flags/search?subject=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&context=%3Cscript%3E"
        }) {
            HttpResponse<String> page = operator.get(path);
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).as(path).doesNotContain("<script>alert").contains("&lt;script");
        }
    }

    @Test
    void style_and_script_are_kept_by_their_hash() throws Exception {
        Visitor visitor = new Visitor(server.uri());
        Matcher style = Pattern.compile("href=\"(/console/console\\.css\\?v=[0-9a-f]+)\"")
                .matcher(visitor.get("/login").body());
        assertThat(style.find()).isTrue();

        HttpResponse<String> css = visitor.get(style.group(1));

        assertThat(css.headers().firstValue("Content-Type")).contains("text/css; charset=utf-8");
        assertThat(css.headers().firstValue("Cache-Control")).contains("public, max-age=31536000, immutable");
        assertThat(visitor.get("/console/..%2f..%2fadmin-token").statusCode()).isEqualTo(404);
        assertThat(visitor.get("/console/events").statusCode()).isEqualTo(401);
    }

    @Test
    void a_link_from_elsewhere_is_followed_once_more_from_here() throws Exception {
        assertThat(new Visitor(server.uri())
                        .get("/flags/search", "Sec-Fetch-Site", "cross-site")
                        .body())
                .contains("http-equiv=\"refresh\"");
    }
}
