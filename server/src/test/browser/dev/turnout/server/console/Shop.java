package dev.turnout.server.console;

import dev.turnout.flags.time.Pace;
import dev.turnout.flags.time.ScaledClock;
import dev.turnout.server.Server;
import dev.turnout.server.control.ControlSettings;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;

/** A server with its worker over a shop that gives its customers one name instead of two; an hour passes in a second. */
final class Shop implements AutoCloseable {
    static final String SPEC = """
            migration: names
            database: shop
            flag: { key: one-name }
            expand:
              - columns: { customers: { name: text } }
            analyze:
              customers.first:
                letters: '^[A-Za-z]+$'
                unplaced: { pattern: '^$', at most: 5% }
            move:
              customers:
                key: id
                up: { name: "old.first || ' ' || old.last" }
                down: { first: "split_part(new.name, ' ', 1)", last: "split_part(new.name, ' ', 2)" }
            verify:
              nobody is without a name: SELECT id FROM customers WHERE name IS NULL
            rollout:
              min units: 0
              steps:
                - { to: 10%, soak: 2h }
                - { to: 100%, soak: 2h, approve: true }
            monitor:
              names of customers:
                every: 1h
                young: 1m
                sql: SELECT count(*) AS customers, count(name) AS named FROM customers
                fail when: named < customers
            contract:
              when: { stable: 2h, approved: true, backup: required, incidents: none }
              steps: [ { run: drop.sql, irreversible: true } ]
            """;

    static final String DROP = "ALTER TABLE customers DROP COLUMN first, DROP COLUMN last;";

    private final TestDatabase control = TestPostgres.newDatabase();
    private final TestDatabase shop = TestPostgres.newDatabase();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Server server;
    private final String token;

    Shop(Path data) throws SQLException, IOException {
        shop.execute(
                "CREATE TABLE customers (id bigint PRIMARY KEY, first text NOT NULL, last text NOT NULL)",
                "INSERT INTO customers SELECT n, 'Ann', 'Smith' FROM generate_series(1, 2000) n",
                "ANALYZE customers");
        Instant origin = Instant.parse("2026-03-01T09:00:00Z");
        double scale = Duration.ofHours(1).toSeconds();
        server = new Server(new Settings(
                        new Settings.Listen("127.0.0.1", 0),
                        data,
                        Optional.of(new ControlSettings(control.url(), control.user(), control.password(), 8)),
                        Map.of(
                                "shop",
                                new ConnectionSettings("shop", shop.url(), shop.user(), shop.password(), "the test")),
                        new Pace(
                                new ScaledClock(Clock.systemUTC(), Instant.now(), origin, scale),
                                scale,
                                Duration.ofMillis(100)),
                        "worker-1"))
                .start(EnumSet.allOf(Server.Part.class));
        token = Files.readString(data.resolve("admin-token")).strip();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.port());
    }

    String token() {
        return token;
    }

    /** As somebody elsewhere does, who has no browser. */
    JsonObject call(String method, String path, JsonObject body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri().resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .method(method, HttpRequest.BodyPublishers.ofString(body.isEmpty() ? "" : body.encode()))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new AssertionError(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
        return new JsonObject(answer.body());
    }

    @Override
    public void close() throws SQLException {
        server.close();
        shop.close();
        control.close();
    }
}
