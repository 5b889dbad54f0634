package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Role;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.openapi.contract.Operation;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract and the table of endpoints say the same. */
class ContractTest {
    private static final Vertx vertx = Vertx.vertx();
    private static Contract contract;

    @BeforeAll
    static void load() {
        contract = ControlFixture.await(Contract.load(vertx));
    }

    @AfterAll
    static void close() {
        ControlFixture.await(vertx.close());
    }

    private record Line(String id, String method, String path, Set<Role> roles) {}

    @Test
    void the_contract_has_every_endpoint_of_the_api_with_its_method_path_and_roles_and_no_other() {
        assertThat(contract.bound().operations().stream().map(ContractTest::line))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Endpoint.values())
                        .filter(endpoint -> endpoint.path().startsWith("/api/v1/"))
                        .map(endpoint -> new Line(
                                endpoint.operationId(), endpoint.method().name(), endpoint.path(), endpoint.roles()))
                        .toList());
    }

    private static Line line(Operation operation) {
        return new Line(
                operation.getOperationId(),
                operation.getHttpMethod().name(),
                operation.getAbsoluteOpenAPIPath().replaceAll("\\{(\\w+)}", ":$1"),
                ((JsonArray) operation.getExtensions().getOrDefault("x-roles", new JsonArray()))
                        .stream().map(role -> Role.valueOf((String) role)).collect(Collectors.toSet()));
    }

    @Test
    void every_change_takes_a_reason_and_every_post_an_idempotency_key() {
        assertThat(contract.bound().operations())
                .filteredOn(operation -> operation.getHttpMethod().name().equals("POST"))
                .filteredOn(
                        operation -> !List.of("reportOutcomes", "beatClient").contains(operation.getOperationId()))
                .allSatisfy(operation -> assertThat(operation.getParameters())
                        .as(operation.getOperationId())
                        .anyMatch(parameter -> parameter.getName().equals("Idempotency-Key")));
    }
}
