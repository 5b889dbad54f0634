package dev.turnout.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Role;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccessTest {
    private static ServerFixture server;
    private static final Map<Role, String> tokens = new EnumMap<>(Role.class);

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        for (Role role : Role.values()) {
            tokens.put(role, server.token(role));
        }
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void an_endpoint_is_open_to_its_roles_and_to_nobody_else(Endpoint endpoint) {
        int stranger = code("", endpoint);
        assertThat(stranger).isEqualTo(endpoint.open() ? 200 : 401);

        tokens.forEach((role, token) -> {
            boolean admitted = endpoint.admits(new Caller("any", Set.of(role)));
            assertThat(code(token, endpoint) == 403)
                    .as("%s as %s", endpoint, role)
                    .isEqualTo(!admitted);
        });
    }

    /** What names no flag is closed to it as well, but for lists, which leave out what is out of reach. */
    @ParameterizedTest
    @EnumSource
    void a_token_of_one_scope_reaches_nothing_beyond_it(Endpoint endpoint) {
        Role role = endpoint.roles().stream()
                .filter(it -> it != Role.ADMIN)
                .findFirst()
                .orElse(Role.OPERATE);
        String token = server.token(
                new Caller("s-" + System.nanoTime(), Set.of(role), Set.of("checkout-"), OptionalInt.empty()));
        boolean looksItself = Set.of(
                        Endpoint.ALIVE,
                        Endpoint.READY,
                        Endpoint.EVALUATE_FLAGS,
                        Endpoint.READ_CONTRACT_YAML,
                        Endpoint.READ_CONTRACT_JSON,
                        Endpoint.LIST_FLAGS,
                        Endpoint.EXPORT_FLAGS,
                        Endpoint.IMPORT_FLAGS,
                        Endpoint.LIST_MIGRATIONS,
                        Endpoint.LIST_ROLLOUTS,
                        Endpoint.START_MIGRATION,
                        Endpoint.CHECK_MIGRATION,
                        Endpoint.REPORT_OUTCOMES,
                        Endpoint.LIST_INCIDENTS,
                        Endpoint.LIST_ALERTS,
                        Endpoint.TAKE_ALERTMANAGER_ALERTS,
                        Endpoint.TAKE_GRAFANA_ALERTS,
                        Endpoint.PUT_GRAFANA_ALERTS,
                        Endpoint.TEST_ALERTS,
                        Endpoint.LIST_NOTIFICATIONS,
                        Endpoint.READ_AUDIT)
                .contains(endpoint);

        assertThat(code(token, endpoint) == 403).isEqualTo(!looksItself);
    }

    private static int code(String token, Endpoint endpoint) {
        String path = endpoint.path().replaceAll(":\\w+", "x");
        return server.callAs(token, endpoint.method().name(), path, "").code();
    }

    @Test
    void nothing_but_health_is_open() {
        assertThat(Endpoint.values()).filteredOn(Endpoint::open).containsExactly(Endpoint.ALIVE, Endpoint.READY);
    }

    @Test
    void a_refusal_is_a_problem_that_says_what_is_needed() {
        Response refused = server.callAs(server.token(Role.REPORT), "GET", "/api/v1/flags", "");

        assertThat(refused.type()).isEqualTo("application/problem+json");
        assertThat(refused.json().getInteger("status")).isEqualTo(403);
        assertThat(refused.json().getString("detail")).contains("operate");
    }

    @Test
    void an_api_key_serves_as_a_token_and_a_revoked_one_does_not() {
        assertThat(server.callAs("", "GET", "/api/v1/flags", "", "X-API-Key", server.admin())
                        .code())
                .isEqualTo(200);

        String token = server.token(Role.OPERATE);
        String name = ControlFixture.await(server.control.tokens.check(token))
                .orElseThrow()
                .name();
        ControlFixture.await(server.control.tokens.revoke(name, Optional.empty(), ControlFixture.BY_TEST));
        assertThat(server.callAs(token, "GET", "/api/v1/flags", "").code()).isEqualTo(401);
        assertThat(server.callAs("turnout_guess", "GET", "/api/v1/flags", "").code())
                .isEqualTo(401);
    }
}
