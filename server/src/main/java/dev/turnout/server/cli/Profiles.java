package dev.turnout.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The servers of an operator, by name:
 *
 * <pre>{@code
 * default: staging
 * profiles:
 *   staging:    { server: https://turnout.staging.example, token file: staging.token }
 *   production: { server: https://turnout.example, token variable: TURNOUT_PRODUCTION_TOKEN, ca file: hospital-ca.pem }
 * }</pre>
 *
 * @param usual the profile of whoever names none
 */
record Profiles(Path file, Optional<String> usual, Map<String, Profile> profiles) {
    private static final String FILE_KEY = "token file";
    private static final String VARIABLE_KEY = "token variable";
    private static final String CA_KEY = "ca file";
    private static final Set<String> KNOWN = Set.of("server", FILE_KEY, VARIABLE_KEY, CA_KEY);

    /** {@code TURNOUT_CONFIG}, or the file {@code turnout/config.yaml} where the system keeps such files. */
    static Path place(Map<String, String> environment) {
        String named = environment.getOrDefault("TURNOUT_CONFIG", "");
        if (!named.isBlank()) {
            return Path.of(named);
        }
        String base = environment.getOrDefault("XDG_CONFIG_HOME", "");
        Path directory = base.isBlank()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".config")
                : Path.of(base);
        return directory.resolve("turnout").resolve("config.yaml");
    }

    /**
     * None where there is no file.
     *
     * @throws CommandFailed with every problem of the file
     */
    static Profiles read(Path file) {
        if (!Files.exists(file)) {
            return new Profiles(file, Optional.empty(), Map.of());
        }
        List<String> problems = new ArrayList<>();
        Map<?, ?> root = mapping(tree(file), "it", problems);
        Map<String, Profile> profiles = new LinkedHashMap<>();
        mapping(root.containsKey("profiles") ? root.get("profiles") : Map.of(), "profiles", problems)
                .forEach((name, value) ->
                        profiles.put(String.valueOf(name), profile(file, String.valueOf(name), value, problems)));
        root.keySet().stream()
                .map(String::valueOf)
                .filter(key -> !Set.of("default", "profiles").contains(key))
                .forEach(key -> problems.add("'" + key + "' is not known; write default: and profiles:"));
        Optional<String> usual = Optional.ofNullable(root.get("default")).map(String::valueOf);
        usual.filter(name -> !profiles.containsKey(name))
                .ifPresent(name -> problems.add("default names '" + name + "', which is no profile of it"));
        if (!problems.isEmpty()) {
            throw CommandFailed.badInput(problems.stream()
                    .map(problem -> file + ": " + problem)
                    .reduce((a, b) -> a + "\n" + b)
                    .orElseThrow());
        }
        return new Profiles(file, usual, profiles);
    }

    private static Object tree(Path file) {
        try {
            Object read = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            return read == null ? Map.of() : read;
        } catch (IOException e) {
            throw CommandFailed.badInput("cannot read " + file + " (TURNOUT_CONFIG): " + e.getMessage());
        } catch (YamlEngineException e) {
            throw CommandFailed.badInput(file + " is not YAML: " + e.getMessage());
        }
    }

    private static Map<?, ?> mapping(Object value, String name, List<String> problems) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        problems.add(name + " must be a mapping, 'key: value' lines");
        return Map.of();
    }

    private static Profile profile(Path file, String name, Object value, List<String> problems) {
        Map<?, ?> fields = mapping(value, "the profile " + name, problems);
        for (String key :
                new TreeSet<>(fields.keySet().stream().map(String::valueOf).toList())) {
            if (key.equals("token")) {
                problems.add(
                        "the profile " + name + " holds a token: put it into a file that only you can read, and name"
                                + " that with '" + FILE_KEY + "'");
            } else if (!KNOWN.contains(key)) {
                problems.add("'" + key + "' of the profile " + name + " is not known; known are server, " + FILE_KEY
                        + ", " + VARIABLE_KEY + ", " + CA_KEY);
            }
        }
        if (!fields.containsKey("server")) {
            problems.add("the profile " + name + " lacks server: https://…");
        }
        if (fields.containsKey(FILE_KEY) && fields.containsKey(VARIABLE_KEY)) {
            problems.add("the profile " + name + " names a token file and a token variable: keep one of them");
        }
        return new Profile(
                name,
                String.valueOf(fields.get("server")),
                Optional.ofNullable(fields.get(FILE_KEY)).map(String::valueOf).map(given -> beside(file, given)),
                Optional.ofNullable(fields.get(VARIABLE_KEY)).map(String::valueOf),
                Optional.ofNullable(fields.get(CA_KEY)).map(String::valueOf).map(given -> beside(file, given)));
    }

    /** As it is written, from the directory of the file that names it. */
    private static Path beside(Path file, String given) {
        return file.toAbsolutePath().resolveSibling(given);
    }

    /** @throws CommandFailed naming those that there are */
    Profile named(String name) {
        return Optional.ofNullable(profiles.get(name))
                .orElseThrow(() -> CommandFailed.badInput("there is no profile '" + name + "' in " + file
                        + (profiles.isEmpty() ? "" : "; there are " + String.join(", ", profiles.keySet()))
                        + ": add it there, or name another with --profile (TURNOUT_PROFILE)"));
    }
}
