package dev.turnout.server.http;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** {@code /api/v1/openapi.yaml} and {@code .json}. */
final class ContractResource implements Resource {
    private final Contract contract;

    ContractResource(Contract contract) {
        this.contract = contract;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.READ_CONTRACT_YAML, call -> text("application/yaml", contract.yaml()),
                Endpoint.READ_CONTRACT_JSON,
                        call -> text("application/json", contract.json().toString()));
    }

    private static Future<Answer> text(String type, String text) {
        return Future.succeededFuture(new Answer(200, Optional.of(text), Map.of("Content-Type", type)));
    }
}
