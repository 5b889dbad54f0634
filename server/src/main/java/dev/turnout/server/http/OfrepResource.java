package dev.turnout.server.http;

import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Function;

/** {@code /ofrep/v1}: evaluation from memory. */
final class OfrepResource implements Resource {
    private final Ofrep ofrep;

    OfrepResource(Ofrep ofrep) {
        this.ofrep = ofrep;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.EVALUATE_FLAG, call -> Future.succeededFuture(ofrep.evaluate(call.path("key"), call.body())));
    }
}
