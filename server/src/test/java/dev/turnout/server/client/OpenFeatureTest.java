package dev.turnout.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openfeature.contrib.providers.ofrep.OfrepProvider;
import dev.openfeature.contrib.providers.ofrep.OfrepProviderOptions;
import dev.openfeature.sdk.Client;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EventDetails;
import dev.openfeature.sdk.FeatureProvider;
import dev.openfeature.sdk.FlagEvaluationDetails;
import dev.openfeature.sdk.ImmutableContext;
import dev.openfeature.sdk.OpenFeatureAPI;
import dev.openfeature.sdk.Value;
import dev.turnout.flags.client.ClientSettings;
import dev.turnout.flags.client.TurnoutClient;
import dev.turnout.flags.openfeature.TurnoutProvider;
import dev.turnout.server.ServerFixture;
import dev.turnout.server.ServerFixture.Response;
import dev.turnout.server.control.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application that knows OpenFeature only gets the same answers in process and from the official OFREP provider. */
class OpenFeatureTest {
    private static final ImmutableContext USER_42 = new ImmutableContext("user-42"); // bucket 5453 of new-schema

    private static ServerFixture server;
    private static String token;

    enum Way {
        IN_PROCESS {
            @Override
            FeatureProvider provider(java.net.URI uri) {
                return new TurnoutProvider(TurnoutClient.start(ClientSettings.of(uri, token)));
            }
        },
        OFREP {
            @Override
            FeatureProvider provider(java.net.URI uri) {
                return OfrepProvider.constructProvider(OfrepProviderOptions.builder()
                        .baseUrl(uri.toString())
                        .headers(com.google.common.collect.ImmutableMap.of(
                                "Authorization", com.google.common.collect.ImmutableList.of("Bearer " + token)))
                        .build());
            }
        };

        abstract FeatureProvider provider(java.net.URI uri);
    }

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        token = server.token(Role.EVALUATE);
        put("new-schema", "{\"weight\":\"10%\"}");
        put(
                "text",
                "{\"weight\":\"100%\",\"variants\":{\"a\":\"x\",\"b\":\"y\"},\"oldVariant\":\"a\",\"newVariant\":\"b\"}");
        put("whole", "{\"weight\":\"100%\",\"variants\":{\"a\":1,\"b\":5},\"oldVariant\":\"a\",\"newVariant\":\"b\"}");
        put(
                "broken",
                "{\"weight\":\"100%\",\"variants\":{\"a\":0.5,\"b\":5},\"oldVariant\":\"a\",\"newVariant\":\"b\"}");
        put(
                "object",
                "{\"weight\":\"100%\",\"variants\":{\"a\":{},\"b\":{\"list\":[1,\"x\"],\"deep\":{\"on\":true}}},"
                        + "\"oldVariant\":\"a\",\"newVariant\":\"b\"}");
        put("off", "{\"weight\":\"100%\",\"state\":\"OFF\"}");
        put(
                "staff",
                "{\"rules\":[{\"when\":[{\"attribute\":\"role\",\"operator\":\"in\",\"values\":[\"staff\"]}],\"serve\":\"on\"}]}");
        String version = server.call("GET", "/api/v1/flags", "").etag();
        await().until(() -> server.call("GET", "/api/v1/ruleset", "").etag().equals(version));
    }

    @AfterAll
    static void close() throws Exception {
        OpenFeatureAPI.getInstance().shutdown();
        server.close();
    }

    @ParameterizedTest
    @EnumSource
    void every_type_is_answered(Way way) {
        Client client = client(way);
        FlagEvaluationDetails<Boolean> split = client.getBooleanDetails("new-schema", false, USER_42);
        assertThat(split.getValue()).isTrue();
        assertThat(split.getVariant()).isEqualTo("on");
        assertThat(split.getReason()).isEqualTo("SPLIT");
        assertThat(split.getFlagMetadata().getString("side")).isEqualTo("NEW");
        assertThat(client.getBooleanValue("new-schema", true, new ImmutableContext("user-1")))
                .isFalse();
        assertThat(client.getStringValue("text", "none", USER_42)).isEqualTo("y");
        assertThat(client.getIntegerValue("whole", 0, USER_42)).isEqualTo(5);
        assertThat(client.getDoubleValue("broken", 0.0, USER_42)).isEqualTo(5.0);
        Value object = client.getObjectValue("object", new Value(), USER_42);
        assertThat(object.asStructure()
                        .getValue("deep")
                        .asStructure()
                        .getValue("on")
                        .asBoolean())
                .isTrue();
        assertThat(client.getBooleanDetails("off", true, USER_42).getReason()).isEqualTo("DISABLED");
        assertThat(client.getBooleanValue("off", true, USER_42)).isFalse();
        ImmutableContext staff = new ImmutableContext("x", Map.of("role", new Value("staff")));
        assertThat(client.getBooleanDetails("staff", false, staff).getReason()).isEqualTo("TARGETING_MATCH");
    }

    @ParameterizedTest
    @EnumSource
    void what_cannot_be_answered_gives_the_codes_own_default(Way way) {
        Client client = client(way);
        assertThat(client.getBooleanDetails("nowhere", true, USER_42))
                .returns(true, FlagEvaluationDetails::getValue)
                .returns(ErrorCode.FLAG_NOT_FOUND, FlagEvaluationDetails::getErrorCode);
        assertThat(client.getBooleanDetails("text", true, USER_42))
                .returns(true, FlagEvaluationDetails::getValue)
                .returns(ErrorCode.TYPE_MISMATCH, FlagEvaluationDetails::getErrorCode);
        assertThat(client.getBooleanDetails("new-schema", true, new ImmutableContext()))
                .returns(true, FlagEvaluationDetails::getValue)
                // The official provider makes one code of every 400 about the context.
                .returns(
                        way == Way.OFREP ? ErrorCode.INVALID_CONTEXT : ErrorCode.TARGETING_KEY_MISSING,
                        FlagEvaluationDetails::getErrorCode);
    }

    @Test
    void the_provider_in_process_tells_of_changes_and_of_silence() throws Exception {
        try (Connection connection = new Connection(server.uri())) {
            TurnoutClient turnout = TurnoutClient.start(ClientSettings.of(connection.uri(), token)
                    .withStaleAfter(Duration.ofMillis(500))
                    .withPoll(Duration.ofMillis(100)));
            OpenFeatureAPI api = OpenFeatureAPI.getInstance();
            Client client = api.getClient("events");
            Queue<EventDetails> changed = new ConcurrentLinkedQueue<>();
            Queue<EventDetails> stale = new ConcurrentLinkedQueue<>();
            Queue<EventDetails> ready = new ConcurrentLinkedQueue<>();
            client.onProviderConfigurationChanged(changed::add);
            client.onProviderStale(stale::add);
            api.setProviderAndWait("events", new TurnoutProvider(turnout));
            client.onProviderReady(ready::add);
            Response patched = server.call("PATCH", "/api/v1/flags/off", "{\"notes\":\"a change\"}");
            assertThat(patched.code()).isEqualTo(200);
            await().until(() ->
                    changed.stream().anyMatch(it -> it.getFlagsChanged().contains("off")));
            connection.cut();
            await().until(() -> !stale.isEmpty());
            int before = ready.size();
            connection.mend();
            await().until(() -> ready.size() > before);
        }
    }

    private static Client client(Way way) {
        OpenFeatureAPI api = OpenFeatureAPI.getInstance();
        api.setProviderAndWait(way.name(), way.provider(server.uri()));
        return api.getClient(way.name());
    }

    private static void put(String key, String flag) {
        Response stored = server.call("PUT", "/api/v1/flags/" + key, flag);
        assertThat(stored.code()).as(stored.body()).isEqualTo(201);
    }
}
