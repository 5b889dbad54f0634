package dev.turnout.worker.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.turnout.flags.guard.Arms;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Monitor.Language;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.testkit.TestMonitor;
import dev.turnout.worker.testkit.TestPrometheus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrometheusQueryTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.250Z");
    private static final Instant SINCE = NOW.minus(Duration.ofMinutes(5));

    @Test
    void aRealPrometheusAnswers(@TempDir Path directory) throws IOException {
        try (TestPrometheus real = TestPrometheus.start(directory)) {
            real.shows("""
                    calls_total{arm="old"} 900
                    calls_total{arm="new"} 100
                    failures_total{arm="old"} 2
                    failures_total{arm="new"} 30
                    latency_seconds 0.25
                    """);
            Prometheus prometheus = new Prometheus(real.settings());
            String[][] story = {
                // query, fails when, verdict, because
                {"latency_seconds", "value > 0.3", "SUCCESS", "does not fail when value > 0.3"},
                {"latency_seconds * 2", "value > 0.3", "FAILURE", "fails when value > 0.3"},
                {"scalar(latency_seconds)", "value > 0.3", "SUCCESS", "does not fail"},
                {"nothing_of_that_name", "value > 0.3", "INCONCLUSIVE", "gave no sample"},
                {"calls_total", "value > 0.3", "INCONCLUSIVE", "gave 2 samples"},
                {"latency_seconds * NaN", "value > 0.3", "INCONCLUSIVE", "value is NaN"},
                {"latency_seconds / 0", "value > 0.3", "INCONCLUSIVE", "value is +Inf"},
                {"calls_total[1m]", "value > 0.3", "ERROR", "gives a matrix"},
                {"rate(", "value > 0.3", "ERROR", "refuses: "},
            };
            for (String[] line : story) {
                Measurement measurement = measure(prometheus, Map.of("value", line[0]), line[1], Instant.now());
                assertThat(measurement.verdict())
                        .as(line[0] + ": " + measurement.because())
                        .isEqualTo(Verdict.valueOf(line[2]));
                assertThat(measurement.because()).contains(line[3]);
            }
            Measurement arms = PrometheusQuery.measure(
                    prometheus,
                    TestMonitor.of(
                                    "m",
                                    new Monitor.Query(
                                            Language.PROMQL,
                                            "prometheus:prometheus",
                                            Map.of(
                                                    "total", "sum by (arm) (max_over_time(calls_total[$window]))",
                                                    "failed", "sum by (arm) (max_over_time(failures_total[$window]))")),
                                    "")
                            .arms()
                            .monitor(),
                    Instant.now().minusSeconds(60),
                    Instant.now());
            assertThat(arms.because()).isEqualTo("counted");
            assertThat(arms.arms()).contains(new Arms(900, 2, 100, 30));

            assertThat(measure(
                                    prometheus,
                                    Map.of("value", "shown"),
                                    "value > baseline_value",
                                    Instant.now(),
                                    Duration.ofHours(2))
                            .because())
                    .isEqualTo("the query of baseline_value gave no sample");
            real.kill();
            Measurement gone = measure(prometheus, Map.of("value", "latency_seconds"), "value > 0.3", Instant.now());
            assertThat(gone.verdict()).isEqualTo(Verdict.ERROR);
            assertThat(gone.because()).contains("does not answer").contains("prometheus at http://127.0.0.1");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "502 | <html>bad gateway</html>                                     | is none: status 502",
                "200 | <html>login</html>                                           | is none: status 200",
                "200 | []                                                           | is none: status 200",
                "422 | {'status':'error','errorType':'execution','error':'too many'} | refuses: too many",
                "401 | {'status':'error'}                                           | refuses: status 401",
                "200 | {'status':'success','warnings':['a store is down'],'data':{'resultType':'vector','result':[]}} | warns: a store",
                "200 | {'status':'success','data':{'resultType':'string','result':[1,'x']}} | gives a string",
                "302 | {}                                                           | is none: status 302",
            })
    void whatIsNoAnswerIsAnErrorWithItsReason(int code, String body, String because) throws IOException {
        try (Odd odd = new Odd(code, body.replace('\'', '"'))) {
            Measurement measurement = measure(odd.prometheus(), Map.of("value", "up"), "value < 1", NOW);
            assertThat(measurement.verdict()).isEqualTo(Verdict.ERROR);
            assertThat(measurement.because()).contains(because);
        }
    }

    @Test
    void theMomentTheWindowAndWhoAsksAreSent() throws IOException {
        try (Odd odd =
                new Odd(200, "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"7\"]}}")) {
            Measurement measurement =
                    measure(odd.prometheus(), Map.of("value", "increase(x[$window])"), "value < 8", NOW);
            assertThat(measurement.verdict()).isEqualTo(Verdict.FAILURE);
            assertThat(odd.seen.get())
                    .contains("query=increase%28x%5B300s%5D%29", "time=1772366400.250", "Basic dXNlcjpzZWNyZXQ=");
            assertThat(odd.settings().toString()).doesNotContain("secret");
        }
    }

    @Test
    void anAnswerThatIsTooLongOrNeverEndsIsGivenUp() throws IOException {
        try (Odd odd = new Odd(200, "x".repeat(LimitedBody.MOST + 1))) {
            assertThat(measure(odd.prometheus(), Map.of("value", "up"), "value < 1", NOW)
                            .because())
                    .contains("the answer is longer than");
        }
        try (Odd odd = new Odd(200, "")) {
            Monitor hasty = TestMonitor.of(
                            "m",
                            new Monitor.Query(Language.PROMQL, "prometheus:odd", Map.of("value", "up")),
                            "value < 1")
                    .timeout(Duration.ofMillis(500))
                    .monitor();
            Measurement measurement = PrometheusQuery.measure(odd.prometheus(), hasty, SINCE, NOW);
            assertThat(measurement.verdict()).isEqualTo(Verdict.ERROR);
            assertThat(measurement.because()).isEqualTo("the query took longer than 500 ms");
        }
    }

    @Test
    void aUrlThatIsNoneOrHoldsASecretIsRefusedWithoutShowingIt() {
        for (String url : List.of(
                "prometheus:9090", "ftp://there", "http://user:hush@there", "http://there?token=hush", "http://[")) {
            assertThatThrownBy(() -> PrometheusSettings.of("p", url, "", "", "", "TURNOUT_PROMETHEUS_P_URL"))
                    .hasMessageStartingWith("TURNOUT_PROMETHEUS_P_URL must be a URL")
                    .hasMessageNotContaining("hush");
        }
    }

    private static Measurement measure(Prometheus prometheus, Map<String, String> texts, String fails, Instant now) {
        return PrometheusQuery.measure(
                prometheus,
                TestMonitor.of("m", new Monitor.Query(Language.PROMQL, "prometheus:odd", texts), fails)
                        .monitor(),
                now.equals(NOW) ? SINCE : now.minusSeconds(60),
                now);
    }

    private static Measurement measure(
            Prometheus prometheus, Map<String, String> texts, String fails, Instant now, Duration baseline) {
        return PrometheusQuery.measure(
                prometheus,
                TestMonitor.of("m", new Monitor.Query(Language.PROMQL, "prometheus:odd", texts), fails)
                        .baseline(baseline)
                        .monitor(),
                now.minusSeconds(60),
                now);
    }

    /** Something that answers where a Prometheus should; an empty body never ends. */
    private static final class Odd implements AutoCloseable {
        final AtomicReference<String> seen = new AtomicReference<>("");
        private final CountDownLatch over = new CountDownLatch(1);
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final HttpServer server;

        Odd(int code, String body) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                seen.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8) + " "
                        + exchange.getRequestHeaders().getFirst("Authorization"));
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(code, bytes.length);
                if (bytes.length == 0) {
                    exchange.getResponseBody().write('{');
                    exchange.getResponseBody().flush();
                    try {
                        over.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
        }

        PrometheusSettings settings() {
            String url = "http://127.0.0.1:" + server.getAddress().getPort();
            return PrometheusSettings.of("odd", url, "user", "secret", "", "the test");
        }

        Prometheus prometheus() {
            return new Prometheus(settings());
        }

        @Override
        public void close() {
            over.countDown();
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
