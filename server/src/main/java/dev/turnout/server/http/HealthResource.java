package dev.turnout.server.http;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code /livez} says that the event loop turns; {@code /readyz} that the control database answers and the flags are
 * not older than they should be. A server that is not ready still answers evaluations from its last flags.
 */
final class HealthResource implements Resource {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** The net under the news re-reads every few seconds; this many seconds without one are a failure. */
    private static final Duration OLDEST = Duration.ofSeconds(30);

    private final Supplier<Future<Long>> version;
    private final Supplier<Duration> snapshotAge;
    private final BooleanSupplier draining;
    private final Clock clock;

    /**
     * @param version of the flags, asked of the control database
     * @param draining whether the process is about to stop
     * @param clock told to whoever compares clocks
     */
    HealthResource(
            Supplier<Future<Long>> version, Supplier<Duration> snapshotAge, BooleanSupplier draining, Clock clock) {
        this.clock = clock;
        this.draining = draining;
        this.version = version;
        this.snapshotAge = snapshotAge;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.ALIVE, call -> Future.succeededFuture(Answer.ok(Map.of("alive", true))),
                Endpoint.READY, call -> ready());
    }

    private Future<Answer> ready() {
        Duration age = snapshotAge.get();
        boolean fresh = age.compareTo(OLDEST) <= 0 && !draining.getAsBoolean();
        return version.get()
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .map(answered -> state(fresh, "reachable", age))
                // Whatever keeps the database from answering is the state that is asked for; its log has the cause.
                .recover(failure -> Future.succeededFuture(state(false, "not reachable", age)));
    }

    private Answer state(boolean ready, String control, Duration age) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("ready", ready);
        body.put("stopping", draining.getAsBoolean());
        body.put("controlDatabase", control);
        body.put("now", clock.instant().toString());
        body.put("flagsAgeSeconds", age.toMillis() / 1000.0);
        return new Answer(ready ? 200 : 503, Optional.of(body), Map.of());
    }
}
