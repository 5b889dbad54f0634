package dev.turnout.server.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.turnout.server.ServerFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same command on a terminal, which script(1) plays, and in a pipe. */
class PseudoTerminalTest {
    private static final String NAME = "dynamic-services";
    private static final String UP = "\u001b[";
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = ServerFixture.start(data);
        Map<String, String> environment =
                Map.of("TURNOUT_SERVER", server.uri().toString(), "TURNOUT_DATA", data.toString());
        assertThat(new Cli(environment)
                        .run(
                                "start",
                                Cli.root()
                                        .resolve("sql/migrations")
                                        .resolve(NAME)
                                        .toString())
                        .status())
                .isZero();
        progress(40);
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
    }

    /** As a worker writes it. */
    private static void progress(int percent) throws Exception {
        server.control.database.update(
                "UPDATE run SET phase = 'BACKFILLING', progress = CAST(? AS jsonb)",
                "{\"done\":" + percent * 1000 + ",\"total\":100000,\"estimated\":true,\"unit\":\"rows\",\"rejected\":0,"
                        + "\"percent\":" + percent + ",\"perSecond\":2500,\"secondsLeft\":{\"from\":20,\"to\":30}}");
    }

    private static ProcessBuilder command(boolean terminal, String... arguments) {
        List<String> command = Cli.process(arguments);
        String line = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        ProcessBuilder process = terminal
                ? new ProcessBuilder("script", "-qec", "stty rows 24 cols 100; " + line, "/dev/null")
                : new ProcessBuilder(command);
        process.environment().put("TURNOUT_SERVER", server.uri().toString());
        process.environment().put("TURNOUT_DATA", server.data.toString());
        process.environment().put("TERM", "xterm");
        process.environment().remove("NO_COLOR");
        return process.redirectErrorStream(true);
    }

    private static void onATerminal() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "SKIPPED, for want of script(1), of util-linux");
    }

    private static String all(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void on_a_terminal_there_is_a_bar_with_rate_and_time_left() throws Exception {
        onATerminal();
        Process process = command(true, "status", NAME).start();
        assertThat(all(process)).contains("[####......]", "40 %", "2500/s, 20 s to 30 s left");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void in_a_pipe_the_same_is_a_plain_line() throws Exception {
        Process process = command(false, "status", NAME).start();
        assertThat(all(process))
                .contains("  40 %  40000 of about 100000 rows, 2500/s, 20 s to 30 s left")
                .doesNotContain("[", "\u001b");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void watching_draws_in_place_and_ends_with_the_migration() throws Exception {
        onATerminal();
        Process process = command(true, "status", NAME, "--watch").start();
        try {
            StringBuilder seen = new StringBuilder();
            read(process, seen, "40 %");
            progress(80);
            read(process, seen, "80 %");
            server.control.database.update("UPDATE run SET phase = 'ROLLED_BACK'");
            seen.append(all(process));
            assertThat(seen).contains(UP, "A\u001b[J", "ROLLED_BACK");
            assertThat(process.waitFor(60, SECONDS)).isTrue();
            assertThat(process.exitValue()).as("rolled back").isEqualTo(1);
        } finally {
            process.destroyForcibly();
            progress(40);
        }
    }

    private static void read(Process process, StringBuilder seen, String until) throws IOException {
        byte[] bytes = new byte[4096];
        while (seen.indexOf(until) < 0) {
            int count = process.getInputStream().read(bytes);
            assertThat(count).as(seen.toString()).isPositive();
            seen.append(new String(bytes, 0, count, StandardCharsets.UTF_8));
        }
    }

    @Test
    void watching_in_a_pipe_prints_only_what_is_new() throws Exception {
        Process process = command(false, "status", NAME, "--watch").start();
        try {
            StringBuilder seen = new StringBuilder();
            read(process, seen, "40 %");
            progress(90);
            read(process, seen, "90 %");
            assertThat(seen.toString().split("dynamic-services  BACKFILLING", -1))
                    .hasSize(2);
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            assertThat(process.waitFor(60, SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(ExitStatus.STOPPED.code());
        } finally {
            process.destroyForcibly();
            progress(40);
        }
    }

    @Test
    void a_lost_server_is_waited_for_and_said_once() {
        StringWriter out = new StringWriter();
        Watching watching = new Watching(new PrintWriter(out));
        watching.show(List.of("a", "b"), Optional.empty());
        watching.interrupted("no Turnout answers", Optional.empty());
        watching.interrupted("no Turnout answers", Optional.empty());
        watching.show(List.of("a", "c"), Optional.empty());
        assertThat(out.toString()).isEqualTo("a\nb\n  no Turnout answers; trying again\nc\n");
    }
}
