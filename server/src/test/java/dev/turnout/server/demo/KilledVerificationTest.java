package dev.turnout.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnout.server.Server;
import dev.turnout.server.cli.Turnout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * While rows are verified anew: {@code kill -9} of the worker process, and of a server with its worker. Whoever comes next
 * meets the demand, and who looks on sees it. What an operator cancels meanwhile is never told as if it were whole.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledVerificationTest {
    /** Ten chunks and the tail. */
    private static final long ROWS = 200_000;

    private static final int MOST_ROUNDS = 10;

    private final Path folder;
    private final Installation hospital;
    private final List<Process> running = new ArrayList<>();

    KilledVerificationTest(@TempDir Path folder) throws Exception {
        this.folder = folder;
        this.hospital = new Installation(folder, ROWS, 1);
    }

    @BeforeAll
    void verifyForTheFirstTime() throws Exception {
        hospital.open(EnumSet.of(Server.Part.HTTP)).operator().start();
        work();
        await().atMost(Duration.ofMinutes(3))
                .until(() -> hospital.control.one("SELECT phase FROM run").equals("ROLLING_OUT"));
        kill();
    }

    @AfterEach
    void kill() throws InterruptedException {
        for (Process process : running) {
            process.destroyForcibly().waitFor();
        }
        running.clear();
    }

    @AfterAll
    void close() throws Exception {
        hospital.close();
    }

    @Test
    void another_worker_goes_on_behind_the_last_chunk() throws Exception {
        work();
        goesOnWhenKilled(hospital.uri(), this::work);
    }

    @Test
    void a_server_that_is_started_again_has_the_demand_and_ends_it() throws Exception {
        int port = port();
        Starting serve = () -> running.add(WorkerProcess.serve(hospital, folder, port));
        serve.start();
        URI there = URI.create("http://127.0.0.1:" + port + "/");
        await().until(() -> turnout(there, "status") == 0);
        goesOnWhenKilled(there, serve);
    }

    @Test
    void what_is_cancelled_while_a_worker_is_in_the_middle_ends_unmet_and_the_next_one_is_whole() throws Exception {
        work();
        String unmet = "";
        for (int round = 1; unmet.isEmpty() && round <= MOST_ROUNDS; round++) {
            assertThat(turnout(hospital.uri(), "verify", "dynamic-services", "--reason", "a doubt"))
                    .isZero();
            String id = newest();
            begun(id);
            // Refused where the worker was faster.
            if (turnout(hospital.uri(), "verify", "dynamic-services", "--cancel", "--reason", "enough") == 0) {
                unmet = id;
            }
            await().until(() -> hospital.control
                    .one("SELECT count(*) FROM verification WHERE over_at IS NULL")
                    .equals("0"));
        }
        assertThat(unmet).as("one that was cancelled in the middle").isNotEmpty();

        assertThat(verify(hospital.uri())).isZero();
        String next = newest();
        assertThat(told(next)).hasSize(1);
        assertThat(chunks("demand < " + next)).isZero();
        assertThat(hospital.control.query("SELECT 1 FROM verification WHERE id = " + unmet
                        + " AND unmet LIKE 'cancelled by %: enough' AND (chunks = 0 OR done < chunks)"))
                .hasSize(1);
    }

    private void work() throws IOException {
        running.add(WorkerProcess.start(hospital, folder));
    }

    @FunctionalInterface
    private interface Starting {
        void start() throws IOException;
    }

    /** Until a kill has come between two chunks. */
    private void goesOnWhenKilled(URI server, Starting again) throws Exception {
        boolean midway = false;
        for (int round = 1; !midway && round <= MOST_ROUNDS; round++) {
            long before = Long.parseLong(newest());
            CompletableFuture<Integer> watched = CompletableFuture.supplyAsync(() -> verify(server));
            await().until(() -> Long.parseLong(newest()) > before);
            String id = newest();
            begun(id);
            kill();
            midway = chunks("demand < " + id) > 0;
            again.start();
            assertThat(watched.get(2, TimeUnit.MINUTES)).isZero();
            assertThat(told(id)).hasSize(1);
            assertThat(chunks("demand < " + id)).isZero();
        }
        assertThat(midway).as("a kill with some chunks done and some not").isTrue();
    }

    private void begun(String id) {
        await().pollInterval(Duration.ofMillis(1)).until(() -> chunks("demand = " + id) > 0);
    }

    private String newest() throws Exception {
        return hospital.control.one("SELECT coalesce(max(id), 0) FROM verification");
    }

    /** One row if every chunk was verified for it, and that is told. */
    private List<String> told(String id) throws Exception {
        return hospital.control.query("SELECT chunks, done, differences FROM verification WHERE unmet IS NULL AND id = "
                + id + " AND over_at IS NOT NULL AND chunks = done");
    }

    /** As an operator does, who waits until it is over. */
    private int verify(URI server) {
        return turnout(server, "verify", "dynamic-services", "--reason", "a doubt", "--wait");
    }

    private int turnout(URI server, String... command) {
        try {
            return Turnout.commandLine(Map.of("TURNOUT_SERVER", server.toString(), "TURNOUT_TOKEN", hospital.token()))
                    .execute(command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int chunks(String which) throws Exception {
        return Integer.parseInt(hospital.clinic.one("SELECT count(*) FROM turnout.chunk WHERE " + which));
    }

    /** Free a moment ago. */
    private static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
