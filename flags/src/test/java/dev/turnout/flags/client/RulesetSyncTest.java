package dev.turnout.flags.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.wire.Ruleset;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RulesetSyncTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    @Test
    void flagsThatStayOlderAreTakenAlthoughTheStreamIsAlive() throws Exception {
        AtomicLong version = new AtomicLong(9);
        AtomicInteger beats = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/api/v1/ruleset", exchange -> {
            boolean stream =
                    "text/event-stream".equals(exchange.getRequestHeaders().getFirst("Accept"));
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                if (!stream) {
                    body.write(
                            Ruleset.write(FlagSet.of(version.get(), List.of())).getBytes(StandardCharsets.UTF_8));
                    return;
                }
                while (!Thread.interrupted()) {
                    body.write(":\n\n".getBytes(StandardCharsets.UTF_8));
                    body.flush();
                    beats.incrementAndGet();
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
                }
            } catch (IOException e) {
                // The client is gone.
            }
        });
        server.start();
        AtomicLong nanos = new AtomicLong();
        ClientSettings settings = ClientSettings.of(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "t");
        RulesetSync sync = new RulesetSync(new ServerLine(settings), Optional.empty(), nanos::get);
        try {
            sync.start();
            await().atMost(SOON).until(() -> sync.current().version() == 9 && beats.get() > 2);
            version.set(3); // the control database was restored from a backup
            sync.poll();
            assertThat(sync.current().version())
                    .as("it may be a server that lags")
                    .isEqualTo(9);
            nanos.addAndGet(Duration.ofSeconds(31).toNanos());
            int before = beats.get();
            await().atMost(SOON).until(() -> beats.get() > before + 3);
            assertThat(sync.age().orElseThrow())
                    .as("a heartbeat confirms no other flags")
                    .isEqualTo(Duration.ofSeconds(31));
            sync.poll();
            assertThat(sync.current().version()).isEqualTo(3);
        } finally {
            sync.close();
            server.stop(0);
        }
    }
}
