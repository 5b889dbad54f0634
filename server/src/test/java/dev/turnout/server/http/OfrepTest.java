package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OfrepTest {
    private static final String FLAGS = "/ofrep/v1/evaluate/flags/";

    private static ServerFixture server;

    @BeforeAll
    static void flags(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        put("everybody", "{'weight':'100%'}");
        put("nobody", "{}");
        // Buckets of new-schema, from the published vectors: user-42 5453, user-1 75102.
        put("new-schema", "{'weight':'10%'}");
        put("tenants", "{'weight':'50%','bucketBy':'companyId'}");
        put("off", "{'weight':'100%','state':'OFF'}");
        put(
                "numbers",
                "{'weight':'100%','variants':{'old':1,'new':2.5},'oldVariant':'old','newVariant':'new','stage':'SHADOW'}");
        String version = server.call("GET", "/api/v1/flags", "").etag().replace("\"", "");
        // The server answers from memory: wait until the last change has come there.
        org.awaitility.Awaitility.await().until(() -> server.call("GET", "/metrics", "")
                .body()
                .contains("turnout_snapshot_version " + version + ".0"));
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    private static void put(String key, String flag) {
        Response stored = server.call("PUT", "/api/v1/flags/" + key, flag.replace('\'', '"'));
        assertThat(stored.code()).as(stored.body()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "everybody  |                                                          | true  | on  | STATIC",
                "everybody  | {}                                                       | true  | on  | STATIC",
                "everybody  | {'context':{}}                                           | true  | on  | STATIC",
                "everybody  | {'context':null}                                         | true  | on  | STATIC",
                "everybody  | {'context':{'targetingKey':null}}                        | true  | on  | STATIC",
                "nobody     | {'context':{'targetingKey':'user-1','at':[1,{'b':null}]}}| false | off | STATIC",
                "new-schema | {'context':{'targetingKey':'user-42'}}                   | true  | on  | SPLIT",
                "new-schema | {'context':{'targetingKey':'user-1'}}                    | false | off | SPLIT",
                "off        | {'context':{'targetingKey':'user-1'}}                    | false | off | DISABLED",
                "numbers    | {'context':{'targetingKey':'user-1'}}                    | 2.5   | new | STATIC"
            })
    void answers_with_key_value_variant_reason_and_flat_metadata(
            String key, String body, String value, String variant, String reason) {
        Response response = server.call("POST", FLAGS + key, json(body));

        assertThat(response.code()).as(response.body()).isEqualTo(200);
        assertThat(response.type()).isEqualTo("application/json");
        JsonObject answer = response.json();
        assertThat(answer.getString("key")).isEqualTo(key);
        assertThat(String.valueOf(answer.getValue("value"))).isEqualTo(value);
        assertThat(answer.getString("variant")).isEqualTo(variant);
        assertThat(answer.getString("reason")).isEqualTo(reason);
        assertThat(answer.getJsonObject("metadata")).isNotEmpty().allSatisfy(entry -> assertThat(entry.getValue())
                .isInstanceOfAny(String.class, Number.class, Boolean.class));
        assertThat(answer.getJsonObject("metadata").getLong("version")).isPositive();
    }

    @Test
    void metadata_tell_bucket_side_and_stage() {
        JsonObject split = server.call("POST", FLAGS + "new-schema", json("{'context':{'targetingKey':'user-42'}}"))
                .json()
                .getJsonObject("metadata");
        JsonObject staged = server.call("POST", FLAGS + "numbers", "").json().getJsonObject("metadata");

        assertThat(split.getInteger("bucket")).isEqualTo(5453);
        assertThat(split.getString("side")).isEqualTo("NEW");
        assertThat(split.getBoolean("rolledBack")).isFalse();
        assertThat(staged.getString("stage")).isEqualTo("LIVE");
    }

    @Test
    void a_tenant_moves_as_a_whole_whatever_its_number_is_written_as() {
        Response whole = server.call("POST", FLAGS + "tenants", json("{'context':{'companyId':7}}"));
        Response broken =
                server.call("POST", FLAGS + "tenants", json("{'context':{'targetingKey':'x','companyId':7.0}}"));

        assertThat(whole.code()).as(whole.body()).isEqualTo(200);
        assertThat(whole.json()).isEqualTo(broken.json());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "new-schema | {'context'                                   | 400 | PARSE_ERROR           | line 1",
                "new-schema | []                                           | 400 | PARSE_ERROR           | object",
                "new-schema | {} {}                                        | 400 | PARSE_ERROR           | JSON",
                "new-schema | {'context':'user-1'}                         | 400 | PARSE_ERROR           | 'context'",
                "new-schema | {'context':{'targetingKey':7}}               | 400 | PARSE_ERROR           | 'context.targetingKey'",
                "new-schema | {'context':{'a':1,'a':2}}                    | 400 | PARSE_ERROR           | JSON",
                "new-schema | {'context':{}}                               | 400 | TARGETING_KEY_MISSING | key",
                "tenants    | {'context':{'companyId':{'id':7}}}           | 400 | INVALID_CONTEXT       | attribute",
                "unknown    | {}                                           | 404 | FLAG_NOT_FOUND        | 'unknown'",
                "a%20b      | {}                                           | 404 | FLAG_NOT_FOUND        | 'a b'"
            })
    void refuses_in_the_protocols_own_words(String key, String body, int code, String errorCode, String details) {
        Response response = server.call("POST", FLAGS + key, json(body));

        assertThat(response.code()).as(response.body()).isEqualTo(code);
        assertThat(response.type()).isEqualTo("application/json");
        assertThat(response.json().getString("key")).isEqualTo(key.replace("%20", " "));
        assertThat(response.json().getString("errorCode")).isEqualTo(errorCode);
        assertThat(response.json().getString("errorDetails")).contains(details);
    }

    @Test
    void every_other_refusal_has_a_body_of_the_protocol_too() {
        String huge = "{\"context\":{\"a\":\"" + "x".repeat(1 << 20) + "\"}}";

        assertThat(server.callAs("", "POST", FLAGS + "f", "{}"))
                .matches(refused -> refused.code() == 401
                        && refused.json().getString("key").equals("f")
                        && refused.json().getString("errorCode").equals("GENERAL"));
        assertThat(server.call("POST", FLAGS + "f", huge).json().getString("errorCode"))
                .isEqualTo("PARSE_ERROR");
        assertThat(server.call("POST", "/ofrep/v1/nothing", "{}").json().getString("errorDetails"))
                .isNotEmpty();
        assertThat(server.call("GET", FLAGS + "f", "").code()).isEqualTo(405);
    }

    private static String json(String text) {
        return text == null ? "" : text.replace("''", "\"").replace('\'', '"');
    }
}
