package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.control.Role;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyAtOnceTest {
    private static final int CONNECTIONS = 64;
    /** Longer than a token is trusted without being looked up again. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(7);

    @Test
    void every_request_is_answered_also_while_its_token_is_looked_up_again(@TempDir Path data) throws Exception {
        Vertx vertx = Vertx.vertx();
        try (ServerFixture server = ServerFixture.start(data)) {
            server.call("PUT", "/api/v1/flags/f", "{}");
            RequestOptions request = new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setHost("127.0.0.1")
                    .setPort(server.uri().getPort())
                    .setURI("/ofrep/v1/evaluate/flags")
                    .putHeader("Authorization", "Bearer " + server.token(Role.EVALUATE))
                    .putHeader("Content-Type", "application/json");
            HttpClient http = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(CONNECTIONS));
            CountDownLatch lanes = new CountDownLatch(CONNECTIONS);
            AtomicLong wrong = new AtomicLong();
            long end = System.nanoTime() + LONG_ENOUGH.toNanos();
            for (int i = 0; i < CONNECTIONS; i++) {
                ask(http, request, end, lanes, wrong);
            }
            assertThat(lanes.await(30, TimeUnit.SECONDS))
                    .as("%s requests have no answer", lanes.getCount())
                    .isTrue();
            assertThat(wrong).hasValue(0);
        } finally {
            vertx.close();
        }
    }

    private static void ask(HttpClient http, RequestOptions request, long end, CountDownLatch lanes, AtomicLong wrong) {
        http.request(request)
                .compose(asked -> asked.send("{\"context\":{\"targetingKey\":\"user-1\"}}"))
                .compose(response -> response.body().map(body -> response.statusCode()))
                .onComplete(answered -> {
                    if (answered.failed() || answered.result() != 200) {
                        wrong.incrementAndGet();
                    }
                    if (System.nanoTime() - end < 0) {
                        ask(http, request, end, lanes, wrong);
                    } else {
                        lanes.countDown();
                    }
                });
    }
}
