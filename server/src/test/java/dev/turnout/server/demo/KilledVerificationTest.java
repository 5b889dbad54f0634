package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.Server;
import dev.turnout.server.cli.Turnout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} of the worker process while rows are verified anew: another one meets the demand, and who looks on sees it. */
class KilledVerificationTest {
    /** Ten chunks and the tail. */
    private static final long ROWS = 200_000;

    private static final int MOST_ROUNDS = 10;

    private final Path folder;

    KilledVerificationTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void another_worker_goes_on_behind_the_last_chunk() throws Exception {
        try (Installation hospital = new Installation(folder, ROWS, 1).open(EnumSet.of(Server.Part.HTTP))) {
            hospital.operator().start();
            Process worker = WorkerProcess.start(hospital, folder);
            try {
                await().atMost(Duration.ofMinutes(3))
                        .until(() ->
                                hospital.control.one("SELECT phase FROM run").equals("ROLLING_OUT"));
                boolean midway = false;
                for (int round = 1; !midway && round <= MOST_ROUNDS; round++) {
                    CompletableFuture<Integer> watched = CompletableFuture.supplyAsync(() -> verify(hospital));
                    String id = Integer.toString(round);
                    await().pollInterval(Duration.ofMillis(1)).until(() -> chunks(hospital, "demand = " + id) > 0);
                    worker.destroyForcibly().waitFor();
                    midway = chunks(hospital, "demand < " + id) > 0;
                    worker = WorkerProcess.start(hospital, folder);
                    assertThat(watched.get(2, TimeUnit.MINUTES)).isZero();
                    assertThat(hospital.control.query(
                                    "SELECT chunks, done, differences, unmet IS NULL FROM verification" + " WHERE id = "
                                            + id + " AND over_at IS NOT NULL AND chunks = done"))
                            .hasSize(1);
                    assertThat(chunks(hospital, "demand < " + id)).isZero();
                }
                assertThat(midway)
                        .as("a kill with some chunks done and some not")
                        .isTrue();
            } finally {
                worker.destroyForcibly().waitFor();
            }
        }
    }

    /** As an operator does, who waits until it is over. */
    private static int verify(Installation hospital) {
        try {
            return Turnout.commandLine(
                            Map.of("TURNOUT_SERVER", hospital.uri().toString(), "TURNOUT_TOKEN", hospital.token()))
                    .execute("verify", "dynamic-services", "--reason", "a doubt", "--wait");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int chunks(Installation hospital, String which) throws Exception {
        return Integer.parseInt(hospital.clinic.one("SELECT count(*) FROM turnout.chunk WHERE " + which));
    }
}
