package dev.turnout.server.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What {@code /api/v1} promises: as it is served, and as requests are routed and checked by it. Immutable. */
public final class Contract {
    private static final String RESOURCE = "/openapi.yaml";
    private static final String JSON = "application/json";

    private final OpenAPIContract bound;
    private final String yaml;
    private final Buffer json;

    private Contract(OpenAPIContract bound, String yaml, Buffer json) {
        this.bound = bound;
        this.yaml = yaml;
        this.json = json;
    }

    /** Reads the contract that this version of the server was built with. */
    public static Future<Contract> load(Vertx vertx) {
        String yaml = text();
        Map<?, ?> read =
                (Map<?, ?>) new Load(LoadSettings.builder().setLabel(RESOURCE).build()).loadFromString(yaml);
        Buffer json = Wire.write(Objects.requireNonNull(read));
        return OpenAPIContract.from(vertx, bindable(new JsonObject(json)))
                .map(bound -> new Contract(bound, yaml, json));
    }

    private static String text() {
        try (InputStream resource = Objects.requireNonNull(Contract.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Vert.x' reader refuses a contract that names a media type which it cannot check, as problems have. What is answered
     * is not checked by it, so that is left out; of what is asked only JSON is kept. Its router refuses everything that is
     * under a security scheme without a handler of its own kind, and who may is {@link Api}'s business.
     */
    private static JsonObject bindable(JsonObject contract) {
        contract.remove("security");
        withoutForeignContent(contract);
        return contract;
    }

    private static void withoutForeignContent(JsonObject object) {
        if (object.getValue("requestBody") instanceof JsonObject body
                && !body.getJsonObject("content", new JsonObject()).containsKey(JSON)) {
            object.remove("requestBody");
        }
        if (object.getValue("responses") instanceof JsonObject responses) {
            responses.forEach(response -> {
                if (response.getValue() instanceof JsonObject answered) {
                    answered.remove("content");
                }
            });
        }
        object.forEach(member -> {
            if (member.getValue() instanceof JsonObject inner) {
                withoutForeignContent(inner);
            } else if (member.getValue() instanceof JsonArray list) {
                list.stream()
                        .filter(JsonObject.class::isInstance)
                        .forEach(each -> withoutForeignContent((JsonObject) each));
            }
        });
    }

    OpenAPIContract bound() {
        return bound;
    }

    String yaml() {
        return yaml;
    }

    Buffer json() {
        return json;
    }
}
