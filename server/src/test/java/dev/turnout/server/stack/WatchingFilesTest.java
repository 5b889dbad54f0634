package dev.turnout.server.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Role;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;

/** Rules, routes of alerts and dashboards, held against the real programs and against what a real server exposes. */
class WatchingFilesTest {
    private static final Path STACK = StackFiles.root().resolve("stack");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    @Test
    void prometheus_takes_the_rules_and_they_fire_when_they_should() throws Exception {
        assertThat(StackFiles.run(STACK.resolve("prometheus"), "promtool", "check", "rules", "rules.yml"))
                .contains("SUCCESS");
        assertThat(StackFiles.run(STACK.resolve("prometheus"), "promtool", "test", "rules", "rules.test.yml"))
                .contains("SUCCESS")
                .doesNotContain("FAILED");
    }

    @Test
    void prometheus_takes_its_configuration() throws Exception {
        // The token is made by the stack; here any file does.
        Path token = Files.writeString(directory.resolve("prometheus"), "x");
        Path config = Files.writeString(
                directory.resolve("prometheus.yml"),
                Files.readString(STACK.resolve("prometheus/prometheus.yml"))
                        .replace("/secrets/prometheus", token.toString()));
        Files.copy(STACK.resolve("prometheus/rules.yml"), directory.resolve("rules.yml"));
        assertThat(StackFiles.run(directory, "promtool", "check", "config", config.toString()))
                .contains("SUCCESS");
    }

    @Test
    void alertmanager_takes_its_configuration_and_sends_rollbacks_to_turnout_and_to_people() throws Exception {
        String config = STACK.resolve("alertmanager/alertmanager.yml").toString();
        assertThat(StackFiles.run(directory, "amtool", "check-config", config)).contains("SUCCESS");
        assertThat(StackFiles.run(
                        directory,
                        "amtool",
                        "config",
                        "routes",
                        "test",
                        "--config.file",
                        config,
                        "severity=critical",
                        "flag=f"))
                .endsWith("turnout,people\n");
        assertThat(StackFiles.run(
                        directory, "amtool", "config", "routes", "test", "--config.file", config, "severity=critical"))
                .matches("(?s)(.*\n)?people\n");
    }

    @Test
    void prometheus_understands_the_queries_of_the_dashboards() throws Exception {
        Map<String, String> queries = StackFiles.queries();
        String rules = new Dump(DumpSettings.builder().build())
                .dumpToString(Map.of(
                        "groups",
                        List.of(Map.of(
                                "name",
                                "dashboards",
                                "rules",
                                queries.values().stream()
                                        .map(query ->
                                                Map.of("record", "a:b", "expr", query.replaceAll("\\$\\w+", ".*")))
                                        .distinct()
                                        .toList()))));
        Path file = Files.writeString(directory.resolve("dashboards.yml"), rules);
        assertThat(StackFiles.run(directory, "promtool", "check", "rules", "--lint=none", file.toString()))
                .contains("SUCCESS");
    }

    @Test
    void every_query_asks_for_metrics_that_the_server_exposes() throws Exception {
        Set<String> exposed = exposed(directory);
        exposed.add("up"); // Prometheus' own
        StackFiles.yaml("stack/prometheus/rules.yml").getJsonArray("groups").forEach(group -> ((JsonObject) group)
                .getJsonArray("rules")
                .forEach(rule -> exposed.add(((JsonObject) rule).getString("record", "up"))));
        StackFiles.queries()
                .forEach((where, query) ->
                        assertThat(exposed).as(where + ": " + query).containsAll(StackFiles.metrics(query)));
        assertThat(StackFiles.metrics("sum by (a) (rate(turnout_x{b=\"c\"}[2m])) / on (d) up > 2"))
                .as("the names are found at all")
                .containsExactly("turnout_x", "up");
    }

    @Test
    void every_metric_of_turnout_is_documented_and_none_that_is_not_there() throws Exception {
        Set<String> exposed = new TreeSet<>();
        // A histogram is one metric, whatever series it has.
        exposed(directory).stream()
                .filter(name -> name.startsWith("turnout_"))
                .forEach(name -> exposed.add(name.replaceFirst("_(bucket|count|sum|max)$", "")));
        Set<String> documented = new TreeSet<>();
        Files.readString(StackFiles.root().resolve("docs/metrics.md"))
                .lines()
                .filter(line -> line.startsWith("| `turnout_"))
                .forEach(line -> documented.add(line.split("`")[1]));
        assertThat(documented).containsAll(exposed);
        // What shows only once something has happened is made somewhere in the code.
        documented.removeAll(exposed);
        String sources = sources();
        assertThat(documented)
                .allMatch(name -> sources.contains(
                        '"' + name.replaceFirst("_(total|seconds)$", "").replace('_', '.') + '"'));
    }

    private static String sources() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(StackFiles.root().resolve("server/src/main/java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sources.append(Files.readString(file));
            }
        }
        return sources.toString();
    }

    /** Of a server that has seen everything once: an evaluation, outcomes, a migration under way, an incident. */
    static Set<String> exposed(Path directory) throws Exception {
        try (ServerFixture server = ServerFixture.start(directory.resolve("data"))) {
            assertThat(server.call(
                                    "PUT",
                                    "/api/v1/flags/shop",
                                    "{\"weight\":\"25%\",\"reason\":\"x\"}",
                                    "If-None-Match",
                                    "*")
                            .code())
                    .isEqualTo(201);
            server.call("POST", "/ofrep/v1/evaluate/flags/shop", "{\"context\":{\"targetingKey\":\"a\"}}");
            String token = server.token(Role.REPORT);
            assertThat(server.callAs(token, "POST", "/api/v1/outcomes", """
                            {"flag":"shop","version":1,"reporter":"test","seq":1,
                             "arms":{"NEW":{"calls":10,"failures":1},"OLD":{"calls":10}}}""").code())
                    .isEqualTo(202);
            assertThat(server.call("POST", "/api/v1/migrations", migration()).code())
                    .isEqualTo(201);
            server.control.database.update("UPDATE run SET verified_from = now(), progress = '{\"percent\": 40}'");
            return await().until(
                            () -> names(server.call("GET", "/metrics", "").body()),
                            names -> names.contains("turnout_migration_verified_age_seconds")
                                    && names.contains("turnout_flag_weight"));
        }
    }

    private static String migration() {
        return JsonObject.of(
                        "main",
                        "m.yaml",
                        "files",
                        Map.of(
                                "m.yaml",
                                "migration: m\ndatabase: d\nflag: { key: m }\nmove: { t: { key: id, up: { b: old.a } } }"),
                        "reason",
                        "x")
                .encode();
    }

    private static Set<String> names(String metrics) {
        Set<String> names = new TreeSet<>();
        metrics.lines().filter(line -> !line.startsWith("#")).forEach(line -> names.add(line.split("[{ ]")[0]));
        return names;
    }
}
