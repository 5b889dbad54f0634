package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.BundleFiles;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsApiTest {
    private static final String MIGRATIONS = "/api/v1/migrations";
    private static final String HOSPITAL = MIGRATIONS + "/dynamic-services";

    private ServerFixture server;
    private Bundle bundle;

    @BeforeEach
    void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        bundle = BundleFiles.read(repository().resolve("sql/migrations/dynamic-services/migration.yaml"));
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private static Path repository() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("sql"))
                ? here
                : here.resolve("..").normalize();
    }

    private Response post(String yaml) {
        JsonObject files = new JsonObject();
        bundle.files().forEach(files::put);
        files.put(bundle.main(), yaml);
        return server.call(
                "POST",
                MIGRATIONS,
                new JsonObject().put("main", bundle.main()).put("files", files).encode());
    }

    private String yaml() {
        return bundle.files().getOrDefault(bundle.main(), "");
    }

    @Test
    void a_spec_with_five_mistakes_gets_five_messages_and_starts_nothing() {
        String broken = yaml().replaceFirst("migration: dynamic-services", "migration: Dynamic Services")
                .replaceFirst("bucketBy:", "bucketby:")
                .replaceFirst("soak: 24h", "soak: a day")
                .replaceFirst("to: 25%", "to: 250%")
                .replaceFirst("services.undo.sql", "services.redo.sql");

        Response refused = post(broken);

        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.type()).isEqualTo("application/problem+json");
        assertThat(refused.json().getJsonArray("problems").stream().map(Object::toString))
                .hasSize(5)
                .allMatch(problem -> problem.matches("(?s)migration\\.yaml:\\d+: .+ — .+"));
        assertThat(server.call("GET", MIGRATIONS, "").json().getJsonArray("migrations"))
                .isEmpty();
        assertThat(server.call("GET", "/api/v1/flags", "").json().getJsonArray("flags"))
                .isEmpty();
    }

    @Test
    void a_migration_is_started_once_and_obeys_its_operator() {
        Response started = post(yaml());
        assertThat(started.code()).as(started.body()).isEqualTo(201);
        assertThat(post(yaml()).code()).isEqualTo(409);

        JsonObject shown = server.call("GET", HOSPITAL, "").json();
        assertThat(shown.getString("phase")).isEqualTo("CREATED");
        assertThat(shown.getJsonArray("monitors")).isNotEmpty();
        assertThat(shown.getJsonObject("rollout").getString("state")).isEqualTo("IDLE");
        assertThat(shown.getJsonObject("rollout").getJsonArray("steps")).hasSize(4);
        assertThat(shown.getInteger("openIncidents")).isZero();

        assertThat(act("pause", "").getString("wish")).isEqualTo("PAUSE");
        assertThat(act("resume", "").getString("wish")).isEqualTo("RUN");
        assertThat(server.call("POST", HOSPITAL + "/backup", "{}").code()).isEqualTo(422);
        act("backup", "{\"reference\":\"s3://backups/clinic\"}");
        act("approve", "");
        shown = server.call("GET", HOSPITAL, "").json();
        assertThat(shown.getJsonObject("backup").getString("text")).isEqualTo("s3://backups/clinic");
        assertThat(shown.getJsonObject("contractApproved").getString("text")).startsWith("admin");
        assertThat(act("rollback", "{\"reason\":\"changed our mind\"}").getString("wish"))
                .isEqualTo("ROLL_BACK");
        assertThat(server.call("POST", HOSPITAL + "/resume", "").code()).isEqualTo(409);
    }

    private JsonObject act(String what, String body) {
        Response done = server.call("POST", HOSPITAL + "/" + what, body);
        assertThat(done.code()).as(done.body()).isIn(200, 202);
        return done.json();
    }

    @Test
    void an_operator_rolls_traffic_back_and_acknowledges() {
        server.call("PUT", "/api/v1/flags/f", "{\"weight\":\"50%\"}");

        assertThat(server.call("POST", "/api/v1/rollouts/f/rollback", "{\"reason\":\"smoke\"}")
                        .code())
                .isEqualTo(200);

        JsonObject incident = server.call("GET", "/api/v1/incidents?flag=f", "")
                .json()
                .getJsonArray("incidents")
                .getJsonObject(0);
        assertThat(incident.getString("source")).isEqualTo("OPERATOR");
        assertThat(incident.getString("weightBefore")).isEqualTo("50%");
        assertThat(incident.getString("weightAfter")).isEqualTo("0%");
        assertThat(incident.containsKey("acknowledgedBy")).isFalse();

        String acknowledge = "/api/v1/incidents/" + incident.getLong("id") + "/acknowledge";
        assertThat(server.call("POST", acknowledge, "").code()).isEqualTo(409);
        assertThat(server.call("POST", acknowledge, "{\"reason\":\"was the toaster\"}")
                        .json()
                        .getString("acknowledgedBecause"))
                .isEqualTo("was the toaster");
        assertThat(server.call("POST", "/api/v1/incidents/999/acknowledge", "").code())
                .isEqualTo(404);
    }

    @Test
    void outcomes_are_taken_once_and_refused_with_every_problem() {
        server.call("PUT", "/api/v1/flags/f", "{}");
        String report = "{\"flag\":\"f\",\"version\":1,\"reporter\":\"app-1\",\"seq\":1,\"arms\":{\"NEW\":"
                + "{\"calls\":3,\"failures\":1,\"exposed\":[17,99999],\"failed\":[17]}}}";

        Response taken = server.call("POST", "/api/v1/outcomes", "[" + report + "," + report + "]");
        assertThat(taken.code()).as(taken.body()).isEqualTo(202);
        assertThat(taken.json()).isEqualTo(new JsonObject().put("accepted", 1).put("repeated", 1));

        Response refused = server.call(
                "POST",
                "/api/v1/outcomes",
                "{\"flag\":\"f\",\"version\":-1,\"seq\":1.5,\"arms\":{\"NEW\":{\"calls\":\"3\",\"failed\":[100000]}}}");
        assertThat(refused.code()).isEqualTo(422);
        assertThat(refused.json().getJsonArray("problems").stream().map(Object::toString))
                .hasSize(5)
                .anyMatch(problem -> problem.startsWith("arms.NEW.failed must be a list of buckets"));
        assertThat(server.call("POST", "/api/v1/outcomes", report.replace("\"f\"", "\"g\""))
                        .code())
                .isEqualTo(404);
    }
}
