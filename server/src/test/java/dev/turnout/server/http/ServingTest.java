package dev.turnout.server.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.settings.Limits;
import dev.turnout.server.settings.Settings;
import dev.turnout.server.settings.Tls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On which terms connections and requests are taken. */
class ServingTest {
    private static final Limits TIGHT = new Limits(2048, Duration.ofMillis(300), 3, 500);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path data;

    private static Settings.Listen listen(Set<String> origins, Duration drain) {
        return new Settings.Listen("127.0.0.1", 0, Optional.empty(), origins, TIGHT, drain);
    }

    private static Socket connect(ServerFixture server) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), server.uri().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static String head(ServerFixture server) {
        return "PUT /api/v1/flags/slow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + server.admin() + "\r\n";
    }

    @Test
    void a_body_that_does_not_end_is_refused_in_time() throws Exception {
        try (ServerFixture server = ServerFixture.start(data, listen(Set.of(), Duration.ZERO));
                Socket socket = connect(server)) {
            send(socket, head(server) + "Content-Length: 100\r\n\r\n{\"notes\":\"");

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 408").contains("the body must arrive within");
            assertThat(server.call("PUT", "/api/v1/flags/large", "{\"notes\":\"" + "x".repeat(3000) + "\"}")
                            .code())
                    .isEqualTo(413);
        }
    }

    @Test
    void one_connection_too_many_is_closed_and_the_others_are_served() throws Exception {
        try (ServerFixture server = ServerFixture.start(data, listen(Set.of(), Duration.ZERO))) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                open.add(connect(server));
                send(open.get(i), "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(open.get(i).getInputStream().read()).isEqualTo('H');
            }
            try (Socket extra = connect(server)) {
                send(extra, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(extra.getInputStream().read()).isEqualTo(-1);
            }
            open.get(0).close();
            await().untilAsserted(() ->
                    assertThat(server.callAs("", "GET", "/livez", "").code()).isEqualTo(200));
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    void scripts_of_the_pages_that_were_named_may_ask() throws Exception {
        Settings.Listen listen = new Settings.Listen(
                "127.0.0.1", 0, Optional.empty(), Set.of("https://app.example"), Limits.DEFAULT, Duration.ZERO);
        try (ServerFixture server = ServerFixture.start(data, listen)) {
            System.setProperty("jdk.httpclient.allowRestrictedHeaders", "origin,access-control-request-method");
            Response preflight = server.callAs(
                    "",
                    "OPTIONS",
                    "/ofrep/v1/evaluate/flags/x",
                    "",
                    "Origin",
                    "https://app.example",
                    "Access-Control-Request-Method",
                    "POST",
                    "Access-Control-Request-Headers",
                    "authorization,if-none-match");
            assertThat(preflight.code()).isEqualTo(204);
            assertThat(preflight.header("access-control-allow-origin")).isEqualTo("https://app.example");
            assertThat(preflight.header("access-control-allow-headers").toLowerCase(Locale.ROOT))
                    .contains("content-type", "if-none-match", "authorization", "x-api-key");

            Response asked = server.call("GET", "/api/v1/flags", "", "Origin", "https://app.example");
            assertThat(asked.code()).isEqualTo(200);
            assertThat(asked.header("access-control-expose-headers")).contains("ETag", "Retry-After");

            Response stranger = server.call("GET", "/api/v1/flags", "", "Origin", "https://evil.example");
            assertThat(stranger.header("access-control-allow-origin")).isEmpty();
        }
    }

    @Test
    void without_a_setting_no_page_may_ask() throws Exception {
        try (ServerFixture server = ServerFixture.start(data)) {
            Response asked = server.call("GET", "/api/v1/flags", "", "Origin", "https://app.example");
            assertThat(asked.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
        }
    }

    @Test
    void a_server_that_stops_says_so_first_and_finishes_what_it_has_begun() throws Exception {
        try (ServerFixture server = ServerFixture.start(data, listen(Set.of(), Duration.ofSeconds(2)))) {
            assertThat(server.callAs("", "GET", "/readyz", "").code()).isEqualTo(200);

            CompletableFuture<Void> stop = CompletableFuture.runAsync(server::stop);

            await().untilAsserted(() -> assertThat(
                            server.callAs("", "GET", "/readyz", "").json().getBoolean("stopping"))
                    .isTrue());
            assertThat(server.callAs("", "GET", "/readyz", "").code()).isEqualTo(503);
            assertThat(server.call("GET", "/api/v1/flags", "").code()).isEqualTo(200);
            stop.get(60, SECONDS);
            assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> connect(server)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void with_a_certificate_it_speaks_tls() throws Exception {
        KeyStore keys = keys();
        Path certificate = pem("CERTIFICATE", keys.getCertificate("key").getEncoded());
        Path key = pem("PRIVATE KEY", keys.getKey("key", "secret".toCharArray()).getEncoded());
        Settings.Listen listen = new Settings.Listen(
                "127.0.0.1", 0, Optional.of(new Tls(certificate, key)), Set.of(), Limits.DEFAULT, Duration.ZERO);
        try (ServerFixture server = ServerFixture.start(data, listen);
                SSLSocket socket = (SSLSocket) trusting(keys.getCertificate("key"))
                        .getSocketFactory()
                        .createSocket(
                                InetAddress.getLoopbackAddress(), server.uri().getPort())) {
            send(socket, "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200");
        }
    }

    /** With the tool of the JDK: its own classes for this are closed. */
    private KeyStore keys() throws Exception {
        Path file = data.resolve("keys.p12");
        String tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        int made = new ProcessBuilder(
                        tool,
                        "-genkeypair",
                        "-alias",
                        "key",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        "secret")
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("keytool.log").toFile())
                .start()
                .waitFor();
        assertThat(made).isZero();
        return KeyStore.getInstance(file.toFile(), "secret".toCharArray());
    }

    private Path pem(String what, byte[] der) throws IOException {
        String text = "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
        return Files.writeString(data.resolve(what.replace(' ', '-') + ".pem"), text);
    }

    private static SSLContext trusting(Certificate certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
