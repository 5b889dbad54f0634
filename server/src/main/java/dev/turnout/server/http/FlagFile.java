package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnout.flags.Flag;
import dev.turnout.server.rollout.FlagImport.Problems;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * All flags as one YAML file, to be kept beside code. It has no versions and does not say what was rolled back: the one is
 * told by the ETag, the other is not set by hand.
 */
public final class FlagFile {
    private static final String FLAGS = "flags";

    private FlagFile() {}

    /** As {@code turnout flag apply} reads it. */
    public static String write(List<Flag> flags) {
        Map<String, Object> byKey = new TreeMap<>();
        for (Flag flag : flags) {
            ObjectNode document = (ObjectNode) Wire.tree(FlagDocument.write(flag));
            document.remove(List.of("key", "version", "rolledBack"));
            if (document.path("seed").asText().equals(flag.key())) {
                document.remove("seed");
            }
            for (String member : List.of("owner", "notes")) {
                if (document.path(member).asText().isEmpty()) {
                    document.remove(member);
                }
            }
            byKey.put(flag.key(), Wire.plain(document));
        }
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(120)
                .build();
        return new Dump(settings).dumpToString(Map.of(FLAGS, byKey));
    }

    /**
     * How each flag becomes what the file says; JSON is YAML too.
     *
     * @throws Refusal 400 when it is no YAML, 422 when it is no file of flags
     */
    static Map<String, UnaryOperator<Flag>> read(Buffer body) {
        JsonNode tree = tree(body);
        if (!tree.isObject()) {
            throw Refusal.malformed(
                    "the body is no file of flags: it begins with flags:, and below that stand flags by their keys");
        }
        Fields file = Fields.of(tree, "a file of flags");
        file.only(new TreeSet<>(Set.of(FLAGS)));
        Fields flags = file.object(FLAGS);
        Map<String, UnaryOperator<Flag>> read = new LinkedHashMap<>();
        for (String key : flags.names()) {
            JsonNode document = flags.node(key);
            if (!Flag.isKey(key)) {
                flags.problem(key, "is no key of a flag: 1 to 100 of A-Z a-z 0-9 . _ -");
            } else if (!(document instanceof ObjectNode)) {
                flags.problem(key, "must be an object");
            } else {
                Unstorable.in(document).forEach(problem -> flags.problem(key + ".", problem));
                read.put(key, present -> flag(key, document.deepCopy(), present));
            }
        }
        file.check();
        return read;
    }

    private static Flag flag(String key, ObjectNode document, Flag present) {
        try {
            present.rolledBack().ifPresent(because -> document.put("rolledBack", because));
            return FlagDocument.read(document, present);
        } catch (Refusal refused) {
            List<String> problems = new ArrayList<>();
            if (refused.more().get("problems") instanceof List<?> told) {
                told.forEach(problem -> problems.add(FLAGS + "." + key + "." + problem));
            } else {
                problems.add(FLAGS + "." + key + ": " + refused.detail());
            }
            throw new Problems(problems);
        }
    }

    private static JsonNode tree(Buffer body) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("the body")
                .setAllowDuplicateKeys(false)
                // An alias of a collection can grow without end, or hold itself.
                .setMaxAliasesForCollections(0)
                .build();
        try {
            Object read = new Load(settings).loadFromString(text(body));
            return read == null ? Wire.tree(Map.of()) : Wire.read(Wire.write(read));
        } catch (YamlEngineException e) {
            throw Refusal.malformed("the body is not YAML: " + e.getMessage());
        } catch (StackOverflowError e) {
            throw Refusal.malformed("the body is nested too deeply");
        }
    }

    private static String text(Buffer body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body.getBytes()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Refusal.malformed("the body is not UTF-8");
        }
    }
}
