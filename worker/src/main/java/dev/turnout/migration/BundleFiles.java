package dev.turnout.migration;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Gathers a spec and the files it names from a directory. */
public final class BundleFiles {
    /** Far above any spec, far below what would hurt. */
    private static final long MOST_BYTES = 1 << 20;

    private static final Set<String> FILE_KEYS = Set.of("run", "undo", "make", "try", "sample");

    private BundleFiles() {}

    /**
     * Reads the YAML file and each file that a step names in {@code run}, {@code undo} or {@code make} and an assertion in
     * {@code try} or {@code sample}, with its variants. One that is absent or lies outside is left out: {@link SpecReader}
     * reports it with its line.
     *
     * @throws IOException when the YAML file itself, or a file that is there, cannot be read as UTF-8; says which
     */
    public static Bundle read(Path spec) throws IOException {
        String main = spec.getFileName().toString();
        String yaml = text(spec);
        Map<String, String> files = new TreeMap<>();
        files.put(main, yaml);
        for (String name : named(yaml)) {
            add(spec, name, files);
            for (Product product : Product.values()) {
                add(spec, variant(name, product), files);
            }
        }
        return new Bundle(main, files);
    }

    private static void add(Path spec, String name, Map<String, String> files) throws IOException {
        Path file = spec.resolveSibling(name);
        if (Files.isRegularFile(file)) {
            files.put(name, text(file));
        }
    }

    /** What is run on a product instead of a file, where it stands beside it: {@code target.postgresql.sql}. */
    static String variant(String name, Product product) {
        int dot = name.lastIndexOf('.');
        int end = dot > name.lastIndexOf('/') ? dot : name.length();
        return name.substring(0, end) + "." + product.name().toLowerCase(Locale.ROOT) + name.substring(end);
    }

    /** Whether the name keeps to the spec's directory. */
    static boolean beside(String name) {
        return !name.startsWith("/") && !name.contains("..") && !name.contains("\\") && name.indexOf('\0') < 0;
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " is larger than 1 MiB: that is no spec");
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not UTF-8 text", e);
        }
    }

    private static Set<String> named(String yaml) {
        Set<String> names = new LinkedHashSet<>();
        try {
            SpecReader.compose(yaml)
                    .filter(MappingNode.class::isInstance)
                    .map(MappingNode.class::cast)
                    .ifPresent(root -> root.getValue().forEach(section -> collect(section, names)));
        } catch (YamlEngineException e) {
            // The reader of the bundle says what is wrong, with the line.
            names.clear();
        }
        return names;
    }

    private static void collect(NodeTuple section, Set<String> names) {
        Node steps = section.getValueNode();
        if (steps instanceof MappingNode mapping) {
            mapping.getValue().forEach(part -> {
                addName(part, names);
                collect(part, names);
            });
        } else if (steps instanceof SequenceNode sequence) {
            sequence.getValue().stream()
                    .filter(MappingNode.class::isInstance)
                    .flatMap(step -> ((MappingNode) step).getValue().stream())
                    .forEach(field -> addName(field, names));
        }
    }

    private static void addName(NodeTuple field, Set<String> names) {
        if (field.getKeyNode() instanceof ScalarNode key && FILE_KEYS.contains(key.getValue())) {
            List<Node> values = field.getValueNode() instanceof SequenceNode several
                    ? several.getValue()
                    : List.of(field.getValueNode());
            values.stream()
                    .filter(ScalarNode.class::isInstance)
                    .map(value -> ((ScalarNode) value).getValue().strip())
                    .filter(name -> !name.isEmpty() && beside(name))
                    .forEach(names::add);
        }
    }
}
