package dev.turnout.migration;

import dev.turnout.flags.Weight;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A piece of the YAML file with its line. A value of the wrong type is reported and read as something harmless: reading
 * goes on to find the other problems, and what was read is thrown away once there is one.
 *
 * @param line of its key where it has one: a mapping may begin further down
 * @param name what to call it in a message: {@code soak}
 */
record Part(Node node, int line, String name, Problems problems) {
    /** Of a value that a draft leaves to people, with the question as its text. */
    private static final Tag UNDECIDED = new Tag("!decide");

    Part(Node node, String name, Problems problems) {
        this(node, lineOf(node), name, problems);
    }

    private static int lineOf(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    Part called(String newName) {
        return new Part(node, line, newName, problems);
    }

    void wrong(String what, String mend) {
        problems.add(line, what, mend);
    }

    boolean isMapping() {
        return node instanceof MappingNode;
    }

    boolean isList() {
        return node instanceof SequenceNode;
    }

    /** A mapping whose keys are ours to know; reports the others. */
    Fields fields(String... known) {
        Map<String, Part> entries = new LinkedHashMap<>(entries());
        Set<String> names = new TreeSet<>(List.of(known));
        entries.forEach((key, value) -> {
            if (!names.contains(key)) {
                String mend = Suggestion.nearest(key, names)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("known here: " + String.join(", ", names));
                value.wrong("'" + key + "' is not known in " + name, mend);
            }
        });
        return new Fields(this, entries);
    }

    /** A mapping whose keys are the operator's, in the order of the file; of a key written twice the first counts. */
    Map<String, Part> entries() {
        Map<String, Part> entries = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            wrong(name + " must be a mapping", "write it as 'key: value' lines");
            return entries;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            Part keyPart = new Part(tuple.getKeyNode(), "a key in " + name, problems);
            String key = keyPart.text();
            if (entries.containsKey(key)) {
                keyPart.wrong("'" + key + "' stands twice in " + name, "keep one of them");
            } else {
                entries.put(key, new Part(tuple.getValueNode(), keyPart.line(), key, problems));
            }
        }
        return entries;
    }

    List<Part> list() {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue().stream()
                    .map(element -> new Part(element, "an entry of " + name, problems))
                    .toList();
        }
        wrong(name + " must be a list", "write it as '- …' lines or as [a, b]");
        return List.of();
    }

    String text() {
        if (node.getTag().equals(UNDECIDED)) {
            wrong(
                    name + " is not decided: "
                            + (node instanceof ScalarNode scalar
                                    ? scalar.getValue().strip()
                                    : ""),
                    "write what holds in the place of !decide and its text");
            return "";
        }
        if (node instanceof ScalarNode scalar
                && !scalar.getTag().equals(Tag.NULL)
                && !scalar.getValue().isBlank()) {
            return scalar.getValue().strip();
        }
        if (node instanceof ScalarNode) {
            wrong(name + " is empty", "give it a value");
        } else {
            wrong(name + " must be a single text", "put it in quotes if it holds any of { } [ ] , : #");
        }
        return "";
    }

    /** The text of a result: PostgreSQL writes {@code t} and {@code f} where YAML writes {@code true} and {@code false}. */
    String textAsPostgresGivesIt() {
        return node.getTag().equals(Tag.BOOL) ? text().substring(0, 1).toLowerCase(Locale.ROOT) : text();
    }

    /** A text of the form; {@code like} says it in words. */
    String text(String form, String like) {
        String text = text();
        if (!text.isEmpty() && !text.matches(form)) {
            wrong(name + " must be " + like + ", not '" + text + "'", "rename it");
        }
        return text;
    }

    Duration duration() {
        String text = text();
        Optional<Duration> duration = Durations.parse(text);
        if (duration.isEmpty() && !text.isEmpty()) {
            wrong(name + " '" + text + "' is no duration", "write it as 90s, 15m, 24h or 7d");
        }
        return duration.orElse(Duration.ZERO);
    }

    /** For what runs again and again, or must end at some time. */
    Duration positiveDuration() {
        Duration duration = duration();
        if (duration.isZero() && Durations.parse(text()).isPresent()) {
            wrong(name + " must be longer than nothing", "write it as 90s, 15m, 24h or 7d");
        }
        return duration;
    }

    Weight weight() {
        String text = text();
        try {
            return text.isEmpty() ? Weight.NONE : Weight.parse(text);
        } catch (IllegalArgumentException e) {
            wrong(name + ": " + e.getMessage(), "write it as 5% or 0.5%");
            return Weight.NONE;
        }
    }

    long number(long most) {
        String text = text();
        if (text.matches("\\d{1,18}") && Long.parseLong(text) <= most) {
            return Long.parseLong(text);
        }
        if (!text.isEmpty()) {
            wrong(name + " '" + text + "' must be a whole number from 0 to " + most, "write it in digits");
        }
        return 0;
    }

    boolean yes() {
        String text = text();
        if (!text.isEmpty() && !text.equals("true") && !text.equals("false")) {
            wrong(name + " must be true or false, not '" + text + "'", "write true or false");
        }
        return text.equals("true");
    }

    Side side() {
        String text = text();
        if (!text.isEmpty() && !text.equals("old") && !text.equals("new")) {
            wrong(name + " must be old or new, not '" + text + "'", "name the side that is meant");
        }
        return text.equals("new") ? Side.NEW : Side.OLD;
    }
}
