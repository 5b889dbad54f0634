package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.flags.About;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagProblems;
import dev.turnout.flags.Split;
import dev.turnout.flags.Targeting;
import dev.turnout.flags.Variants;
import dev.turnout.flags.Weight;
import dev.turnout.flags.stage.Stage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A flag as people and programs read and write it. {@code version} and {@code rolledBack} are told, never set: the one
 * goes by If-Match, the other by acknowledging the incident.
 */
final class FlagDocument {
    private static final Set<String> MEMBERS = new TreeSet<>(Set.of(
            "key",
            "version",
            "state",
            "weight",
            "seed",
            "bucketBy",
            "variants",
            "oldVariant",
            "newVariant",
            "schedule",
            "prerequisites",
            "rules",
            "stage",
            "rolledBack",
            "owner",
            "notes",
            "reason"));

    private FlagDocument() {}

    static Map<String, Object> write(Flag flag) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("key", flag.key());
        document.put("version", flag.version());
        document.put("state", flag.state().name());
        document.put("weight", flag.weight().toString());
        document.put("seed", flag.seed());
        flag.split().bucketBy().ifPresent(attribute -> document.put("bucketBy", attribute));
        document.put("variants", flag.variants().values());
        document.put("oldVariant", flag.variants().oldVariant());
        document.put("newVariant", flag.variants().newVariant());
        document.putAll(TargetingDocument.write(flag.targeting()));
        flag.stage().ifPresent(stage -> document.put("stage", stage.name()));
        flag.rolledBack().ifPresent(because -> document.put("rolledBack", because));
        document.put("owner", flag.about().owner());
        document.put("notes", flag.about().notes());
        return document;
    }

    /**
     * Reads a whole document; what it leaves out has the value of a new flag.
     *
     * @param present the flag as it is stored, or a new one: gives version and latch
     * @throws Refusal 400, or 422 with every problem
     */
    static Flag read(JsonNode document, Flag present) {
        Fields fields = Fields.of(document, "a flag");
        fields.only(MEMBERS);
        fields.optionalText("key")
                .filter(key -> !key.equals(present.key()))
                .ifPresent(key -> fields.problem("key", "is '" + key + "' but the path says '" + present.key() + "'"));
        if (!document.path("rolledBack").asText("").equals(present.rolledBack().orElse(""))) {
            fields.problem("rolledBack", "is not set by hand: roll back, or acknowledge the incident");
        }
        Flag.State state = member(fields, "state", Flag.State.class).orElse(Flag.State.ON);
        Weight weight = fields.weight("weight");
        // The seed is the key unless set: written out, it reads back as what it is.
        String seed = document.path("seed").asText("");
        Split split = new Split(weight, seed.equals(present.key()) ? "" : seed, fields.optionalText("bucketBy"));
        Optional<Stage> stage = member(fields, "stage", Stage.class);
        present.stage()
                .filter(now -> stage.isPresent() && now != stage.get() && !now.mayMoveTo(stage.get()))
                .ifPresent(
                        now -> fields.problem("stage", "moves one at a time, not from " + now + " to " + stage.get()));
        Variants variants = variants(document, fields);
        Targeting targeting = TargetingDocument.read(document, fields);
        About about = new About(
                document.path("owner").asText(""), document.path("notes").asText(""));
        try {
            Flag flag = new Flag(
                    present.key(),
                    variants,
                    state,
                    split,
                    targeting,
                    stage,
                    present.rolledBack(),
                    about,
                    present.version());
            fields.check();
            return flag;
        } catch (FlagProblems e) {
            e.problems().forEach(problem -> fields.problem("flag:", problem));
            fields.check();
            throw e;
        }
    }

    private static Variants variants(JsonNode document, Fields fields) {
        if (!document.hasNonNull("variants")) {
            return Variants.ON_OFF;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        JsonNode given = document.path("variants");
        if (!given.isObject()) {
            fields.problem("variants", "must be an object of names and values");
        }
        given.properties().forEach(member -> {
            if (member.getValue().isNull()) {
                fields.problem("variants." + member.getKey(), "must have a value");
            } else {
                values.put(member.getKey(), Wire.plain(member.getValue()));
            }
        });
        return new Variants(
                values,
                fields.optionalText("oldVariant").orElse(Variants.ON_OFF.oldVariant()),
                fields.optionalText("newVariant").orElse(Variants.ON_OFF.newVariant()));
    }

    private static <E extends Enum<E>> Optional<E> member(Fields fields, String name, Class<E> type) {
        Optional<String> text = fields.optionalText(name).map(given -> given.toUpperCase(Locale.ROOT));
        Optional<E> found = text.flatMap(given -> Arrays.stream(type.getEnumConstants())
                .filter(each -> each.name().equals(given))
                .findFirst());
        if (text.isPresent() && found.isEmpty()) {
            fields.problem(name, "must be one of " + Arrays.toString(type.getEnumConstants()));
        }
        return found;
    }
}
