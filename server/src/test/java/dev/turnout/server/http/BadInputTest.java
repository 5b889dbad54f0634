package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be understood is refused as a problem that names the field; it is never an error of the server. */
class BadInputTest {
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        server.call("PUT", "/api/v1/flags/f", "{}");
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PUT   | flags/f                | {                                     | 400 | line 1",
                "PUT   | flags/f                | {} {}                                 | 400 | not JSON",
                "PUT   | flags/f                | {\"weight\":\"1%\",\"weight\":\"2%\"} | 400 | weight",
                "PUT   | flags/f                | []                                    | 400 | the body must be an object",
                "PUT   | flags/f                | {\"weight\":5}                        | 422 | weight must be a text",
                "PUT   | flags/f                | {\"weight\":null}                     | 422 | weight must be a text",
                "PUT   | flags/f                | {\"wieght\":\"5%\"}                   | 422 | wieght is not known here",
                "PUT   | flags/f                | {\"rules\":[{\"serve\":1}]}           | 422 | rules[0].serve must be a text",
                "PUT   | flags/f                | {\"rules\":[{\"nom\":\"x\"}]}         | 422 | rules[0].nom is not known here",
                "PUT   | flags/f                | {\"schedule\":{\"opens\":7}}          | 422 | schedule.opens must be a text",
                "PUT   | flags/f                | {\"notes\":\"\\u0000\"}               | 422 | notes must be Unicode text without NUL",
                "PUT   | flags/f                | {\"notes\":\"\\ud800\"}               | 422 | notes must be Unicode text without NUL",
                "PUT   | flags/f                | {\"variants\":{\"\\u0000\":1}}        | 422 | variants: a name",
                "PUT   | flags/%00              | {}                                    | 400 | 'key'",
                "GET   | flags/a%20b            | ``                                    | 400 | 'key'",
                "GET   | flags/f/explain?context=%7B | ``                               | 400 | JSON",
                "GET   | flags?colour=red       | ``                                    | 400 | 'colour' is no parameter here",
                "GET   | audit?limit=1&limit=2  | ``                                    | 400 | 'limit' is given more than once",
                "GET   | audit?limit=many       | ``                                    | 400 | 'limit' must be a whole number",
                "GET   | audit?limit=0          | ``                                    | 400 | 'limit'",
                "GET   | audit?subject=%00      | ``                                    | 400 | 'subject' must be Unicode text",
                "GET   | audit?subject=%ff      | ``                                    | 200 | ``",
                "POST  | incidents/x/acknowledge | {}                                   | 400 | 'id' must be a whole number",
                "POST  | rollouts/f/pause       | {\"why\":\"x\"}                       | 422 | why is not known here",
                "POST  | migrations             | {\"main\":\"a\"}                      | 422 | files is missing",
                "POST  | migrations             | ``                                    | 400 | body",
                "POST  | outcomes               | {\"flag\":\"f\",\"version\":-1,\"reporter\":\"r\",\"seq\":0,\"arms\":{}} | 422 | version",
                "POST  | outcomes               | [{\"flag\":\"f\"},7]                  | 422 | [1] must be an object",
                "POST  | outcomes               | {\"flag\":\"f\",\"version\":1,\"reporter\":\"r\",\"seq\":1e400,\"arms\":{}} | 422 | seq",
                "PATCH | migrations/m/tuning    | {\"lanes\":[]}                        | 422 | lanes must be",
            })
    void nonsense_is_a_problem_that_names_the_field(String method, String path, String body, int code, String detail) {
        Response response = server.call(method, "/api/v1/" + path, body == null ? "" : body, "If-Match", "*");

        assertThat(response.code()).as(response.body()).isEqualTo(code);
        if (code >= 400) {
            assertThat(response.type()).isEqualTo("application/problem+json");
            assertThat(response.json().getString("detail")).contains(detail == null ? "" : detail);
        }
    }

    @Test
    void a_text_that_looks_like_another_kind_is_a_text() {
        assertThat(server.call("PUT", "/api/v1/flags/1.5", "{}").code()).isEqualTo(201);
        assertThat(server.call("GET", "/api/v1/flags/1.5", "").code()).isEqualTo(200);
        assertThat(server.call("GET", "/api/v1/flags/f/explain?targetingKey=-7&context=%7B%22a%22:%2250%25%22%7D", "")
                        .code())
                .isEqualTo(200);
    }

    @Test
    void depth_and_size_are_bounded() {
        String deep = "{\"variants\":{\"on\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}}";
        assertThat(server.call("PUT", "/api/v1/flags/f", deep).code()).isEqualTo(400);
        Response large = server.call("PUT", "/api/v1/flags/f", "{\"notes\":\"" + "x".repeat(2 << 20) + "\"}");
        assertThat(large.code()).isEqualTo(413);
        assertThat(large.json().getString("detail")).contains("bytes");
    }

    @Test
    void bytes_that_are_no_text_are_no_json() throws IOException {
        for (int[] bytes :
                new int[][] {{0xff, 0xfe, 0xfd}, {'"', 0xc0, 0x80, '"'}, {0, 0, 0, 0x80}, {0xed, 0xa0, 0x80}}) {
            assertThat(raw(bytes).getInteger("status")).isEqualTo(400);
        }
    }

    private static JsonObject raw(int... body) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(("PUT /api/v1/flags/raw HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                            + server.admin() + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int each : body) {
                out.write(each);
            }
            out.flush();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
    }
}
