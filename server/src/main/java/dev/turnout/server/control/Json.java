package dev.turnout.server.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.turnout.flags.guard.Units;
import dev.turnout.flags.wire.Ruleset;
import dev.turnout.worker.verify.Demand;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How records are kept as jsonb: by the names of their components. Unknown names are passed over, so that an older
 * process can read what a newer one wrote.
 */
final class Json {
    static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    static final TypeReference<Map<String, String>> WORDS = new TypeReference<>() {};
    static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
    static final TypeReference<Map<String, List<Optional<Instant>>>> MOMENTS = new TypeReference<>() {};

    static final TypeReference<List<Demand>> DEMANDS = new TypeReference<>() {};

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(Ruleset.modules())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule()
                    .addSerializer(Units.class, new UnitsJson.Writer())
                    .addDeserializer(Units.class, new UnitsJson.Reader()))
            .build();

    private Json() {}

    static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot be kept as JSON: " + value.getClass().getName(), e);
        }
    }

    static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the stored JSON is no " + type.getSimpleName(), e);
        }
    }

    static <T> T read(String json, TypeReference<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the stored JSON is no " + type.getType(), e);
        }
    }
}
