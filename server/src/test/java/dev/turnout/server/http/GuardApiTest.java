package dev.turnout.server.http;

import static dev.turnout.server.control.ControlFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Metric;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.GuardPoint;
import dev.turnout.server.control.OutcomeReport.Totals;
import dev.turnout.server.control.Role;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardApiTest {
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        for (String flag : new String[] {"f", "g"}) {
            assertThat(server.call("PUT", "/api/v1/flags/" + flag, "{\"weight\":\"5%\"}")
                            .code())
                    .isEqualTo(201);
        }
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @Test
    void what_the_guard_saw_is_told_with_its_threshold() {
        await(server.control.control.transaction(tx -> server.control
                .guards
                .history()
                .add(
                        tx,
                        "f",
                        new GuardPoint(
                                server.control.clock.instant(),
                                new Weight(5_000),
                                new Totals(95, 1, 2, 0),
                                new Totals(5, 4, 0, 1),
                                Map.of(Metric.FAILURES, 12.5)))));
        JsonObject seen = server.call("GET", "/api/v1/flags/f/guard", "").json();
        assertThat(seen.getString("width")).isEqualTo("PT10S");
        assertThat(seen.getDouble("threshold")).isEqualTo(1e6);
        JsonObject point = seen.getJsonArray("points").getJsonObject(0);
        assertThat(point.getString("weight")).isEqualTo("5%");
        assertThat(point.getJsonObject("old").getInteger("calls")).isEqualTo(95);
        assertThat(point.getJsonObject("new").getInteger("failures")).isEqualTo(4);
        assertThat(point.getJsonObject("evidence").getDouble("failures")).isEqualTo(12.5);
        assertThat(server.call("GET", "/api/v1/flags/f/guard?minutes=5000", "")
                        .json()
                        .getString("width"))
                .isEqualTo("PT1H");
        assertThat(server.call("GET", "/api/v1/flags/f/guard?minutes=0", "").code())
                .isEqualTo(400);
    }

    @Test
    void decisions_come_page_by_page_and_by_kind() {
        for (String kind : new String[] {"STAY", "ADVANCE", "ROLL_BACK"}) {
            await(server.control.control.transaction(tx -> server.control
                    .guards
                    .decisions()
                    .add(tx, "g", OptionalLong.empty(), kind, "because " + kind, Map.of("actor", "anna"))));
        }
        JsonObject page =
                server.call("GET", "/api/v1/rollouts/g/decisions?limit=2", "").json();
        assertThat(page.getJsonArray("decisions").getJsonObject(0).getString("kind"))
                .isEqualTo("ROLL_BACK");
        JsonObject rest = server.call("GET", "/api/v1/rollouts/g/decisions?cursor=" + page.getValue("next"), "")
                .json();
        assertThat(rest.getJsonArray("decisions")).hasSize(1);
        JsonObject advance = server.call("GET", "/api/v1/rollouts/g/decisions?kind=ADVANCE&recompute=true", "")
                .json()
                .getJsonArray("decisions")
                .getJsonObject(0);
        assertThat(advance.getString("because")).isEqualTo("because ADVANCE");
        assertThat(advance.getJsonObject("recomputed").getString("because")).contains("nothing to reckon again");
    }

    @Test
    void incidents_are_acknowledged_as_they_were_seen() {
        server.call("PUT", "/api/v1/flags/h", "{\"weight\":\"5%\"}");
        server.call("POST", "/api/v1/flags/h/kill", "{\"reason\":\"payments fail\"}");
        int id = server.call("GET", "/api/v1/incidents?flag=h", "")
                .json()
                .getJsonArray("incidents")
                .getJsonObject(0)
                .getInteger("id");
        Response incident = server.call("GET", "/api/v1/incidents/" + id + "?recompute=true", "");
        assertThat(incident.json().getJsonObject("recomputed").getString("because"))
                .contains("no rule decided this");
        String acknowledge = "/api/v1/incidents/" + id + "/acknowledge";
        assertThat(server.call("POST", acknowledge, "{\"reason\":\"mended\"}", "If-Match", "\"other\"")
                        .code())
                .isEqualTo(412);
        assertThat(server.call("POST", acknowledge, "{\"reason\":\"mended\"}", "If-Match", incident.etag())
                        .code())
                .isEqualTo(200);
    }

    @Test
    void reports_that_do_not_count_are_counted_by_reason() {
        String token = server.token(Role.REPORT);
        String report = "{\"flag\":\"f\",\"version\":1,\"reporter\":\"app\",\"seq\":1,\"arms\":{}}";
        server.callAs(token, "POST", "/api/v1/outcomes", "[" + report + "," + report + "]");
        server.callAs(token, "POST", "/api/v1/outcomes", report.replace("\"f\"", "\"nobody\""));
        server.callAs(token, "POST", "/api/v1/outcomes", report.replace("\"seq\":1", "\"seq\":-1"));
        String metrics = server.call("GET", "/metrics", "").body();
        for (String fate : new String[] {"accepted", "repeated", "unknown_flag", "malformed"}) {
            assertThat(metrics).contains("turnout_outcome_reports_total{fate=\"" + fate + "\"} 1.0");
        }
    }
}
