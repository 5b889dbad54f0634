package dev.turnout.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.turnout.server.http.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever an operator can ask of the API is in the console, or it is said why it is not. */
class EveryOperationTest {
    private static final Pattern OPERATION = Pattern.compile("^ +operationId: (\\w+)$", Pattern.MULTILINE);

    private static final Map<Endpoint, String> ELSEWHERE = new EnumMap<>(Map.ofEntries(
            Map.entry(Endpoint.READ_CONTRACT_YAML, "for programs; the page 'about' names it"),
            Map.entry(Endpoint.READ_CONTRACT_JSON, "the same"),
            Map.entry(Endpoint.READ_RULESET, "for applications, which evaluate flags by themselves"),
            Map.entry(Endpoint.BEAT_CLIENT, "for applications, which say which flags they have come to"),
            Map.entry(Endpoint.LEAVE_CLIENT, "for applications, which say that they stop"),
            Map.entry(Endpoint.REPORT_OUTCOMES, "for applications; the flag's page shows what they report"),
            Map.entry(Endpoint.LEAVE_WRITE, "for applications that leave their writes to workers"),
            Map.entry(Endpoint.READ_WRITE, "asks for the key of a write, which its application alone knows"),
            Map.entry(Endpoint.TAKE_ALERTMANAGER_ALERTS, "for Alertmanager; the page 'alerts' shows what it sent"),
            Map.entry(Endpoint.TAKE_GRAFANA_ALERTS, "for Grafana, likewise"),
            Map.entry(Endpoint.PUT_GRAFANA_ALERTS, "for Grafana, likewise"),
            Map.entry(Endpoint.KILL_FLAG, "what the roll-back button does, by another name"),
            Map.entry(Endpoint.READ_TOKEN, "the list of tokens tells as much of each"),
            Map.entry(Endpoint.READ_ALERT_RULE, "the list of rules tells as much of each")));

    private static Path main() {
        Path here = Path.of("").toAbsolutePath();
        return (Files.isDirectory(here.resolve("server")) ? here.resolve("server") : here).resolve("src/main");
    }

    private static Set<Endpoint> operations() throws IOException {
        return OPERATION
                .matcher(Files.readString(main().resolve("resources/openapi.yaml")))
                .results()
                .map(found -> Endpoint.valueOf(
                        found.group(1).replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Templates and what stands around a page only look whether somebody may; all others ask. */
    private static Set<Endpoint> asked() {
        JavaClasses console = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("dev.turnout.server.console");
        return console.stream()
                .filter(type -> !type.getSimpleName().startsWith("Jte"))
                .filter(type -> !Set.of("Shell", "Entrance").contains(type.getSimpleName()))
                .flatMap(type -> type.getFieldAccessesFromSelf().stream())
                .filter(access -> access.getTargetOwner().getFullName().equals(Endpoint.class.getName()))
                .map(access -> Endpoint.valueOf(access.getTarget().getName()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void every_operation_is_asked_by_the_console_or_has_a_reason_not_to_be() throws Exception {
        Set<Endpoint> missing = operations();
        missing.removeAll(asked());
        assertThat(missing).containsExactlyInAnyOrderElementsOf(ELSEWHERE.keySet());
    }

    @Test
    void every_action_stands_on_a_page() throws Exception {
        String templates;
        try (Stream<Path> files = Files.list(main().resolve("jte"))) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            templates = all.toString();
        }
        assertThat(Arrays.stream(Action.values())
                        .filter(action -> !templates.contains("/do/" + action.word() + "\"")
                                && !templates.contains("Action." + action.name() + ",")))
                .isEmpty();
    }
}
