package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.migration.Phase;
import dev.turnout.server.cli.Turnout;
import dev.turnout.worker.testkit.WholeWay;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills everything with {@code kill -9} in each phase in turn, while eight clients write; about four minutes. */
@Tag("slow")
class KilledDemoTest {
    private final List<String> told = new ArrayList<>();

    @Test
    void goes_on_after_a_kill_in_every_phase_and_ends_with_a_clean_ledger(@TempDir Path data) throws Exception {
        Random random = new Random(4);
        for (Phase phase : WholeWay.WORKED_IN) {
            Process demo = start(data);
            boolean reached = readUntil(demo, phase);
            // Somewhere within the phase.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(400)));
            demo.destroyForcibly().waitFor();
            assertThat(reached).as("%s in %s", phase, told).isTrue();
        }
        Process last = start(data, "--json");
        readAll(last);
        assertThat(last.waitFor()).as(String.join("\n", told)).isZero();
        JsonObject proven =
                new JsonObject(String.join("\n", told.subList(told.indexOf("{"), told.lastIndexOf("}") + 1)));
        assertThat(proven.getBoolean("proven")).isTrue();
        assertThat(proven.getLong("calls")).isPositive();
        assertThat(proven.getJsonArray("findings").stream().map(Object::toString))
                .anyMatch(line ->
                        line.contains("ledger at the end") && line.contains("lost 0, resurrected 0, differing 0"));
    }

    private static Process start(Path data, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Turnout.class.getName(),
                "demo",
                "--rows=20000",
                "--port=0",
                "--data=" + data.resolve("demo")));
        command.addAll(List.of(more));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** True when the process has told of the phase or a later one; false when it ended before. */
    private boolean readUntil(Process demo, Phase phase) throws IOException {
        BufferedReader lines = demo.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            told.add(line);
            for (Phase reached :
                    WholeWay.WORKED_IN.subList(WholeWay.WORKED_IN.indexOf(phase), WholeWay.WORKED_IN.size())) {
                if (line.contains("  " + reached + " ")) {
                    return true;
                }
            }
        }
        return false;
    }

    private void readAll(Process demo) throws IOException {
        demo.inputReader(StandardCharsets.UTF_8).lines().forEach(told::add);
    }
}
