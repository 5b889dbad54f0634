package dev.turnout.server.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The stack as it lies in the repository. */
final class StackFiles {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(?!\\s*\\(|[a-zA-Z0-9_:])");
    private static final List<String> WORDS = List.of("and", "or", "unless", "on", "by", "bool");

    private StackFiles() {}

    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("stack"))
                ? here
                : here.resolve("..").normalize();
    }

    /** With {@code <<} merged, which YAML 1.2 leaves to its readers. */
    static JsonObject yaml(String name) throws IOException {
        Object read = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(root().resolve(name)));
        return new JsonObject(map(merged(read)));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    private static Object merged(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(StackFiles::merged).toList();
        }
        if (!(value instanceof Map<?, ?> given)) {
            return Objects.requireNonNullElse(value, Map.of());
        }
        Map<String, Object> all = new LinkedHashMap<>();
        if (given.get("<<") instanceof Map<?, ?> base) {
            all.putAll(map(merged(base)));
        }
        given.forEach((key, each) -> {
            if (!key.equals("<<")) {
                all.put(String.valueOf(key), merged(each));
            }
        });
        return all;
    }

    /** Every query of the rules and dashboards, by where it stands. */
    static Map<String, String> queries() throws IOException {
        Map<String, String> queries = new LinkedHashMap<>();
        yaml("stack/prometheus/rules.yml").getJsonArray("groups").forEach(group -> ((JsonObject) group)
                .getJsonArray("rules")
                .forEach(rule -> queries.put(
                        "rule " + ((JsonObject) rule).getString("alert", ((JsonObject) rule).getString("record")),
                        ((JsonObject) rule).getString("expr"))));
        try (Stream<Path> boards = Files.list(root().resolve("stack/grafana/dashboards"))) {
            for (Path board : boards.sorted().toList()) {
                new JsonObject(Files.readString(board)).getJsonArray("panels").forEach(panel -> ((JsonObject) panel)
                        .getJsonArray("targets")
                        .forEach(target -> queries.put(
                                board.getFileName() + ", " + ((JsonObject) panel).getString("title") + " "
                                        + ((JsonObject) target).getString("refId"),
                                ((JsonObject) target).getString("expr"))));
            }
        }
        return queries;
    }

    /** The metrics that a query asks for. */
    static Set<String> metrics(String query) {
        String bare = query.replaceAll("\"[^\"]*\"", "")
                .replaceAll("\\{[^}]*}", "")
                .replaceAll("\\[[^\\]]*]", "")
                .replaceAll("\\b(by|on|without|ignoring|group_left|group_right)\\s*\\([^)]*\\)", "");
        TreeSet<String> names = new TreeSet<>(
                NAME.matcher(bare).results().map(MatchResult::group).toList());
        names.removeAll(WORDS);
        return names;
    }

    /** Skipped, and said so, where the program is not installed. */
    static String run(Path directory, String... command) throws IOException, InterruptedException {
        require(command[0]);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    static void require(String program) {
        boolean there = Stream.of("/usr/bin", "/usr/local/bin", "/usr/sbin", "/bin")
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
        assumeTrue(there, "SKIPPED, for want of " + program + " (.ci/run installs it)");
    }

    static List<String> texts(Iterable<?> list) {
        List<String> texts = new ArrayList<>();
        list.forEach(each -> texts.add(String.valueOf(each)));
        return texts;
    }
}
