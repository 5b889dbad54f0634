package dev.turnout.server;

import static dev.turnout.server.control.ControlFixture.await;

import dev.turnout.flags.time.Pace;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.control.Role;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.jdbc.ConnectionSettings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A real server over a control database of its own, business time set by the test, and somebody to call it. */
public final class ServerFixture implements AutoCloseable {
    public final ControlFixture control;
    public final Path data;
    private final Server server;
    private final String admin;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private ServerFixture(ControlFixture control, Path data, Settings settings) throws IOException {
        this.control = control;
        this.data = data;
        this.server = new Server(settings).start(EnumSet.of(Server.Part.HTTP));
        this.admin = Files.readString(data.resolve("admin-token")).strip();
    }

    public static ServerFixture start(Path data) throws SQLException, IOException {
        return start(data, new Settings.Listen("127.0.0.1", 0));
    }

    public static ServerFixture start(Path data, Settings.Listen listen) throws SQLException, IOException {
        ControlFixture control = ControlFixture.open();
        return new ServerFixture(control, data, settings(control.settings, control, data, listen));
    }

    /** @param way to the control database, for instance one that can be cut */
    public static ServerFixture start(Path data, UnaryOperator<ControlSettings> way) throws SQLException, IOException {
        ControlFixture control = ControlFixture.open();
        Settings.Listen listen = new Settings.Listen("127.0.0.1", 0);
        return new ServerFixture(control, data, settings(way.apply(control.settings), control, data, listen));
    }

    /** @param databases that specs may name */
    public static ServerFixture start(Path data, Map<String, ConnectionSettings> databases)
            throws SQLException, IOException {
        ControlFixture control = ControlFixture.open();
        Settings.Listen listen = new Settings.Listen("127.0.0.1", 0);
        return new ServerFixture(control, data, settings(control.settings, control, data, listen, databases));
    }

    static Settings settings(ControlFixture control, Path data) {
        return settings(control.settings, control, data, new Settings.Listen("127.0.0.1", 0));
    }

    private static Settings settings(
            ControlSettings database, ControlFixture control, Path data, Settings.Listen listen) {
        return settings(database, control, data, listen, Map.of());
    }

    private static Settings settings(
            ControlSettings database,
            ControlFixture control,
            Path data,
            Settings.Listen listen,
            Map<String, ConnectionSettings> databases) {
        return new Settings(
                listen,
                data,
                Optional.of(database),
                databases,
                new Pace(control.clock, 1, Duration.ofMillis(100)),
                "test");
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    /** Of a request, at most. */
    public int bodyBytes() {
        return new Settings.Listen("127.0.0.1", 0).limits().bodyBytes();
    }

    public String admin() {
        return admin;
    }

    public String token(Caller caller) {
        return await(control.tokens.issue(caller, Instant.MAX, ControlFixture.BY_TEST));
    }

    public String token(Role... roles) {
        return token(new Caller("t-" + System.nanoTime(), Set.of(roles)));
    }

    /** As the administrator. */
    public Response call(String method, String path, String body, String... headers) {
        return callAs(admin, method, path, body, headers);
    }

    /** @param headers names and values by turns */
    public Response callAs(String token, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve(path))
                .timeout(Duration.ofSeconds(20))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Response(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.headers().firstValue("ETag").orElse(""),
                    response.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public record Response(int code, String body, String type, String etag, HttpHeaders headers) {
        /** Empty when there is none. */
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        public JsonObject json() {
            return new JsonObject(body);
        }
    }

    /**
     * Another server of the installation, to be closed by the caller.
     *
     * @param data a directory of its own
     */
    public Server beside(Path data) {
        return new Server(settings(control, data)).start(EnumSet.of(Server.Part.HTTP));
    }

    /** The server alone; its database stays. */
    public void stop() {
        server.close();
    }

    @Override
    public void close() throws SQLException {
        stop();
        control.close();
    }
}
