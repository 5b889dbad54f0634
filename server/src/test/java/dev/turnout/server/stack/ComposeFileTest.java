package dev.turnout.server.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeFileTest {
    private static JsonObject compose;
    private static String dockerfile;

    @BeforeAll
    static void read() throws Exception {
        compose = StackFiles.yaml("docker-compose.yml");
        dockerfile = Files.readString(StackFiles.root().resolve("Dockerfile"));
    }

    private static JsonObject service(String name) {
        return Objects.requireNonNull(compose.getJsonObject("services").getJsonObject(name), name);
    }

    private static List<String> services() {
        return List.copyOf(compose.getJsonObject("services").fieldNames());
    }

    private static OutputUnit validate(JsonObject file) throws Exception {
        try (InputStream schema = ComposeFileTest.class.getResourceAsStream("/compose/compose-spec.json")) {
            String text = new String(Objects.requireNonNull(schema).readAllBytes(), StandardCharsets.UTF_8);
            JsonSchemaOptions options = new JsonSchemaOptions()
                    .setDraft(Draft.DRAFT7)
                    .setBaseUri("https://turnout.dev/")
                    .setOutputFormat(OutputFormat.Basic);
            return Validator.create(JsonSchema.of(new JsonObject(text)), options)
                    .validate(file);
        }
    }

    @Test
    void it_is_a_compose_file() throws Exception {
        OutputUnit result = validate(compose);
        assertThat(result.getValid()).as(String.valueOf(result.getErrors())).isTrue();

        JsonObject broken = compose.copy();
        broken.getJsonObject("services").getJsonObject("proxy").put("prots", new JsonArray());
        assertThat(validate(broken).getValid()).as("with a word that is none").isFalse();
    }

    @Test
    void everything_that_was_asked_for_is_in_it() {
        assertThat(services())
                .contains(
                        "postgres",
                        "mysql",
                        "server-1",
                        "server-2",
                        "proxy",
                        "worker",
                        "prometheus",
                        "alertmanager",
                        "grafana");
        assertThat(service("worker").getJsonObject("deploy").getInteger("replicas"))
                .isEqualTo(2);
    }

    @Test
    void every_image_is_pinned() {
        for (String name : services()) {
            assertThat(service(name).getString("image")).as(name).matches("[a-z/]+:(local|v?\\d+\\.\\d+(\\.\\d+)?)");
        }
        assertThat(dockerfile.lines().filter(line -> line.startsWith("FROM ")))
                .allMatch(line -> line.matches("FROM [a-z-]+:\\d+\\.\\d+\\.\\d+[\\w.-]*( AS \\w+)?"));
    }

    @Test
    void nothing_is_published_beyond_this_machine_and_no_secret_is_written_down() {
        for (String name : services()) {
            assertThat(StackFiles.texts(service(name).getJsonArray("ports", new JsonArray())))
                    .as(name)
                    .allMatch(port -> port.startsWith("127.0.0.1:"));
            service(name).getJsonObject("environment", new JsonObject()).forEach(variable -> {
                if (variable.getKey().endsWith("_PASSWORD")
                        && !variable.getKey().contains("RANDOM")) {
                    assertThat(String.valueOf(variable.getValue())).as(name).matches("\\$\\{\\w+:\\?.*}");
                }
            });
        }
    }

    @Test
    void our_processes_run_with_nothing_they_do_not_need() {
        for (String name : List.of("server-1", "server-2", "worker", "tokens")) {
            assertThat(service(name).getBoolean("read_only")).as(name).isTrue();
            assertThat(service(name).getJsonArray("cap_drop")).as(name).containsExactly("ALL");
        }
        assertThat(dockerfile.indexOf("\nUSER turnout"))
                .isLessThan(dockerfile.indexOf("\nENTRYPOINT"))
                .isPositive();
        assertThat(dockerfile).contains("HEALTHCHECK");
    }

    @Test
    void what_is_mounted_is_there_and_every_volume_is_declared() {
        for (String name : services()) {
            for (String volume : StackFiles.texts(service(name).getJsonArray("volumes", new JsonArray()))) {
                String from = volume.substring(0, volume.indexOf(':'));
                if (from.startsWith("./")) {
                    assertThat(StackFiles.root().resolve(from)).as(name).exists();
                } else {
                    assertThat(compose.getJsonObject("volumes").fieldNames())
                            .as(name)
                            .contains(from);
                }
            }
        }
    }

    /** As far as it can be without an engine: the health check of the image against a server, and its start script. */
    @Test
    void the_health_check_speaks_the_language_of_the_server() {
        assertThat(dockerfile).contains("GET /livez HTTP/1.0").contains("ENTRYPOINT [\"turnout\"]");
        assertThat(StackFiles.texts(service("server-1").getJsonArray("command")))
                .startsWith("serve", "--no-worker");
    }

    @Test
    void the_proxy_knows_both_servers_and_asks_whether_they_are_ready(@TempDir Path directory) throws Exception {
        String proxy = Files.readString(StackFiles.root().resolve("stack/haproxy/haproxy.cfg"));
        assertThat(proxy).contains("server-1:8321", "server-2:8321", "GET /readyz");
        // Names of containers mean nothing here.
        Path here = Files.writeString(
                directory.resolve("haproxy.cfg"), proxy.replaceAll("server-\\d:8321", "127.0.0.1:8321"));
        assertThat(StackFiles.run(directory, "haproxy", "-c", "-f", here.toString()))
                .doesNotContain("ALERT");
    }
}
