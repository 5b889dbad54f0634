package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListsApiTest {
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        Map.of(
                        "Zulu", "{\"owner\":\"billing\",\"notes\":\"50% off_\"}",
                        "a.b", "{\"state\":\"OFF\",\"owner\":\"search\"}",
                        "a_b", "{\"state\":\"OFF\",\"owner\":\"billing\"}",
                        "axb", "{}",
                        "b", "{\"notes\":\"Checkout of the SHOP\"}")
                .forEach((key, flag) -> server.call("PUT", "/api/v1/flags/" + key, flag));
        for (String key : List.of("a.b", "axb", "b")) {
            server.call("POST", "/api/v1/rollouts/" + key + "/rollback", "{\"reason\":\"test\"}");
        }
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static List<String> all(String path, String list, String member) {
        List<String> found = new ArrayList<>();
        String next = "";
        do {
            JsonObject page = server.call("GET", path + "limit=2" + next, "").json();
            assertThat(page.getJsonArray(list).size()).isLessThanOrEqualTo(2);
            page.getJsonArray(list).forEach(each -> found.add(String.valueOf(((JsonObject) each).getValue(member))));
            next = page.containsKey("next") ? "&cursor=" + page.getString("next") : "";
        } while (!next.isEmpty());
        return found;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?                        | Zulu, a.b, a_b, axb, b",
                "?state=off&              | a.b, a_b",
                "?owner=billing&          | Zulu, a_b",
                "?owner=billing&state=ON& | Zulu",
                "?prefix=a_&              | a_b",
                "?prefix=a&state=ON&      | axb",
                "?text=shop&              | b",
                "?text=50%25&             | Zulu",
                "?text=BILL&              | Zulu, a_b",
            })
    void flags_are_filtered_and_paged_by_key(String query, String keys) {
        assertThat(all("/api/v1/flags" + query, "flags", "key")).containsExactly(keys.split(", "));
    }

    @Test
    void incidents_and_the_audit_are_paged_from_the_newest() {
        List<String> incidents = all("/api/v1/incidents?", "incidents", "flag");
        assertThat(incidents).containsExactly("b", "axb", "a.b");
        String id = server.call("GET", "/api/v1/incidents?flag=axb", "")
                .json()
                .getJsonArray("incidents")
                .getJsonObject(0)
                .getString("id");
        assertThat(server.call("GET", "/api/v1/incidents/" + id, "").json().getString("flag"))
                .isEqualTo("axb");
        server.call("POST", "/api/v1/incidents/" + id + "/acknowledge", "{\"reason\":\"test\"}");
        assertThat(all("/api/v1/incidents?open=true&", "incidents", "flag")).containsExactly("b", "a.b");
        assertThat(all("/api/v1/incidents?open=false&", "incidents", "flag")).containsExactly("axb");

        assertThat(all("/api/v1/audit?action=flag.create&", "entries", "subject"))
                .hasSize(5)
                .doesNotHaveDuplicates();
        assertThat(all("/api/v1/audit?subject=flag:b&", "entries", "action"))
                .containsExactly("flag.change", "flag.create");
        assertThat(all("/api/v1/audit?actor=nobody&", "entries", "id")).isEmpty();
    }
}
