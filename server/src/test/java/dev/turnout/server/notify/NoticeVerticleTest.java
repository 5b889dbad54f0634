package dev.turnout.server.notify;

import static dev.turnout.server.control.ControlFixture.BY_TEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Incident;
import dev.turnout.server.control.IncidentStore.Opening;
import dev.turnout.server.control.NoticeStore;
import dev.turnout.server.control.NoticeStore.Delivery;
import dev.turnout.server.control.Window;
import dev.turnout.server.settings.Notifying;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notices on their way to a real receiver, which answers as the test says. */
class NoticeVerticleTest {
    private static final String SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    /** What the receiver does instead of answering. */
    private static final int SILENCE = 0;

    private static final int BREAK_OFF = 1;

    private record Got(String path, String id, JsonObject body) {}

    private final Queue<Got> got = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answer = new AtomicInteger(204);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private ControlFixture control;
    private HttpServer receiver;

    @BeforeEach
    void start() throws SQLException {
        control = ControlFixture.open();
        receiver = ControlFixture.await(control.vertx
                .createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    got.add(new Got(
                            request.path(), String.valueOf(request.getHeader("webhook-id")), new JsonObject(body)));
                    if (answer.get() == BREAK_OFF) {
                        request.connection().close();
                    } else if (answer.get() != SILENCE) {
                        request.response()
                                .setStatusCode(answer.get())
                                .putHeader("Location", "/elsewhere")
                                .end();
                    }
                }))
                .listen(0, "127.0.0.1"));
        ControlFixture.await(control.flags.create(Flag.create("f").withWeight(Weight.parse("25%")), BY_TEST));
    }

    @AfterEach
    void close() throws SQLException {
        control.close();
    }

    private void deploy(String name) {
        URI uri = URI.create("http://127.0.0.1:" + receiver.actualPort());
        Notifying where = new Notifying(
                Optional.of(new Notifying.Webhook(uri.resolve("/hook"), List.of(SECRET))),
                Optional.of(uri.resolve("/services/T0/B0/secret")));
        ControlFixture.await(control.vertx.deployVerticle(
                new NoticeVerticle(control.notices, where, name, InstantSource.system(), registry)));
    }

    private void incident() {
        ControlFixture.await(control.control.transaction(tx -> control.incidents.open(
                tx,
                new Opening(
                        "f",
                        OptionalLong.empty(),
                        new Incident.Finding(Incident.Source.OUTCOMES, "it fails"),
                        Weight.parse("25%"),
                        Weight.NONE,
                        Map.of()))));
    }

    private List<Delivery> deliveries() {
        List<NoticeStore.Entry> page = ControlFixture.await(
                control.notices.page(new Window<>(Long.MAX_VALUE, 100, Set.of()), Optional.empty()));
        return page.stream().flatMap(entry -> entry.deliveries().stream()).toList();
    }

    @Test
    void each_notice_reaches_each_target_once_however_many_servers_there_are() {
        deploy("one");
        deploy("two");
        for (int i = 0; i < 25; i++) {
            incident();
        }

        await().until(() -> deliveries().stream()
                        .filter(each -> each.state().equals("DELIVERED"))
                        .count()
                == 50);
        assertThat(got).hasSize(50);
        assertThat(got.stream().map(Got::id).filter(id -> id.startsWith("notice_")))
                .hasSize(25)
                .doesNotHaveDuplicates();
        assertThat(got).filteredOn(each -> each.path().equals("/hook")).allSatisfy(each -> assertThat(
                        each.body().getJsonObject("data").getString("weightBefore"))
                .isEqualTo("25%"));
        assertThat(got)
                .filteredOn(each -> each.path().equals("/services/T0/B0/secret"))
                .hasSize(25)
                .allSatisfy(
                        each -> assertThat(each.body().getString("text")).contains("f: rolled back from 25% to 0%"));
        assertThat(registry.get("turnout.notifications")
                        .tag("target", "webhook")
                        .tag("outcome", "delivered")
                        .counter()
                        .count())
                .isEqualTo(25);
    }

    @Test
    void what_does_not_arrive_is_sent_again_and_the_reason_names_no_address() {
        deploy("one");
        Map<Integer, String> reasons = new TreeMap<>(
                Map.of(503, "answered with 503", 302, "answered with 302", BREAK_OFF, "the connection broke off"));
        reasons.forEach((code, because) -> {
            answer.set(code);
            incident();
            // The newest first.
            await().untilAsserted(() -> assertThat(deliveries().subList(0, 2))
                    .allMatch(each -> each.because().equals(because)));
        });

        answer.set(200);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(deliveries())
                .hasSize(6)
                .allMatch(each -> each.state().equals("DELIVERED") && each.attempts() >= 2));
        assertThat(got).noneMatch(each -> each.path().equals("/elsewhere"));
    }

    @Test
    void a_receiver_that_says_nothing_holds_nothing_up() {
        answer.set(SILENCE);
        deploy("one");
        incident();
        await().until(() -> got.size() == 2);

        long began = System.nanoTime();
        incident();
        ControlFixture.await(control.control.transaction(
                tx -> control.flags.update(tx, "f", flag -> flag.withWeight(Weight.NONE), BY_TEST)));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        await().until(() ->
                deliveries().stream().anyMatch(each -> each.because().equals("not answered within 10 s")));
    }

    @Test
    void it_is_given_up_after_the_last_attempt() throws SQLException {
        answer.set(500);
        deploy("one");
        incident();
        await().until(() ->
                deliveries().stream().allMatch(each -> each.because().equals("answered with 500")));
        control.database.execute("UPDATE delivery SET attempts = " + (Backoff.MOST_ATTEMPTS - 1)
                + ", free_at = clock_timestamp() WHERE state = 'WAITING'");

        await().until(() -> deliveries().stream().allMatch(each -> each.state().equals("GIVEN_UP")));
        assertThat(registry.get("turnout.notifications")
                        .tag("target", "slack")
                        .tag("outcome", "given_up")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(ControlFixture.await(control.notices.waiting())).isZero();
    }
}
