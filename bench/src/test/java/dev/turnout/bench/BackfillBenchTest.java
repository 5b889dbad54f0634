package dev.turnout.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.worker.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The short version: that the benchmark still runs and measures what it says, not how fast this machine is today. */
class BackfillBenchTest {
    @Test
    void measuresEngineAndBaselineOverTheSameBatches() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (EmbeddedPostgres server = EmbeddedPostgres.throwAway()) {
            new BackfillBench(server, new PrintStream(printed, true, StandardCharsets.UTF_8), 20_000).run(1);
        }
        String report = printed.toString(StandardCharsets.UTF_8);
        System.out.println(report);
        assertThat(report).contains("median ratio", "during backfill").doesNotContain("NaN", "Infinity");
    }
}
