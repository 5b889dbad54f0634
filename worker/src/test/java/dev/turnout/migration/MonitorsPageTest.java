package dev.turnout.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page docs/monitors-and-rollouts.md names every key that is read, and no other, with what it is unless given. */
class MonitorsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "monitors-and-rollouts.md");

    /** First cell, without its quotes, to the others, of each row of the table after the heading that begins so. */
    private static Map<String, List<String>> table(String header) throws IOException {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        boolean within = false;
        for (String line : Files.readAllLines(PAGE)) {
            within = line.startsWith("| " + header) || (within && line.startsWith("|"));
            if (within && line.startsWith("| `")) {
                List<String> cells = new ArrayList<>(List.of(line.split("\\|")));
                rows.put(
                        cells.get(1).strip().replace("`", ""),
                        cells.subList(2, cells.size()).stream()
                                .map(String::strip)
                                .toList());
            }
        }
        return rows;
    }

    @Test
    void itNamesEveryKey() throws IOException {
        assertThat(table("key | Argo").keySet()).isEqualTo(MonitorReader.KEYS);
        assertThat(table("key | means | default").keySet()).isEqualTo(RolloutReader.KEYS);
    }

    @Test
    void itSaysWhatAMonitorHasUnlessGiven() throws IOException {
        String yaml = """
                migration: a
                database: db
                flag: f
                move: { t: { key: id, up: { b: old.a } } }
                monitor: { m: { sql: SELECT 1 AS x, fail when: x > 1 } }
                """;
        Monitor monitor = SpecReader.read(new Bundle("s.yaml", Map.of("s.yaml", yaml)))
                .orThrow()
                .monitors()
                .get(0);
        Map<String, String> defaults = Map.of(
                "every", words(monitor.schedule().interval()),
                "young", words(monitor.schedule().young()),
                "initial delay", words(monitor.schedule().initialDelay()),
                "timeout", words(monitor.schedule().timeout()),
                "min sample", "" + monitor.rule().minSample(),
                "count", "" + monitor.limits().count(),
                "failure limit", "" + monitor.limits().failures(),
                "inconclusive limit", "" + monitor.limits().inconclusives(),
                "error limit", "" + monitor.limits().errors(),
                "dry run", "" + monitor.dryRun());
        Map<String, List<String>> documented = table("key | Argo");
        defaults.forEach((key, value) -> assertThat(documented.getOrDefault(key, List.of()))
                .as(key)
                .last()
                .isEqualTo(value));
        assertThat(monitor.schedule().window()).isEqualTo(monitor.schedule().interval());
        assertThat(documented.getOrDefault("timeout", List.of()).get(1))
                .contains(words(MonitorReader.LONGEST_TIMEOUT) + " at most");
        assertThat(documented.getOrDefault("prometheus", List.of())).last().isEqualTo(MonitorReader.PROMETHEUS);
    }

    private static String words(Duration duration) {
        return duration.toString().substring(2).toLowerCase(Locale.ROOT);
    }
}
