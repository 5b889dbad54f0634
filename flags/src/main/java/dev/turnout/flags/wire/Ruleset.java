package dev.turnout.flags.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Weight;
import java.util.Collection;
import java.util.List;

/**
 * All flags at one version as one JSON text, by the names of the records' components. Unknown names are passed over, so
 * that an older client can read what a newer server writes. Thread-safe.
 */
public final class Ruleset {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(modules())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Ruleset() {}

    private record Document(long version, Collection<Flag> flags) {}

    public static String write(FlagSet flags) {
        try {
            return MAPPER.writeValueAsString(new Document(flags.version(), flags.flags()));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the flags cannot be written as JSON", e);
        }
    }

    /** @throws IllegalArgumentException when the text is no ruleset */
    public static FlagSet read(String json) {
        try {
            Document document = MAPPER.readValue(json, Document.class);
            return FlagSet.of(document.version(), document.flags());
        } catch (JsonProcessingException | NullPointerException e) {
            throw new IllegalArgumentException("this is no ruleset of Turnout", e);
        }
    }

    /** What a mapper needs to read and write flags. */
    public static List<Module> modules() {
        return List.of(
                new Jdk8Module(),
                new JavaTimeModule(),
                new SimpleModule("turnout-flags").setMixInAnnotation(Weight.class, WeightAsNumber.class));
    }

    /** 100 000ths. */
    private abstract static class WeightAsNumber {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        WeightAsNumber(@SuppressWarnings("unused") int hundredThousandths) {}

        @JsonValue
        abstract int hundredThousandths();
    }
}
