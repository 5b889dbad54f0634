package dev.turnout.server.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.cli.Turnout;
import dev.turnout.server.docs.Page.Block;
import dev.turnout.worker.testkit.TestDatabase;
import dev.turnout.worker.testkit.TestPostgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Runs every code block of a page, in its order, in one directory, against a server as the page has it started. A block that
 * cannot be run says why in a comment before it, which this test prints. {@code sh} is run, {@code sql} goes to the database,
 * {@code yaml NAME} becomes a file; {@code text} is a picture.
 */
class ShownTest {
    private static final Set<String> LANGUAGES = Set.of("sh", "sql", "yaml", "text");
    private static final int LONGEST_SECONDS = 120;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/getting-started.md"})
    void what_a_page_shows_works(String name) throws Exception {
        List<Block> blocks = Page.read(name).blocks();
        assertThat(blocks).isNotEmpty();
        assertThat(blocks).allSatisfy(block -> assertThat(LANGUAGES)
                .as(name + ":" + block.line() + " must say its language")
                .contains(block.language().split(" ")[0]));
        try (TestDatabase database = TestPostgres.newDatabase()) {
            prepare(database);
            Process server = server();
            try {
                for (Block block : blocks) {
                    run(name + ":" + block.line(), block, database);
                }
            } finally {
                server.destroy();
                if (!server.waitFor(60, TimeUnit.SECONDS)) {
                    server.destroyForcibly();
                }
            }
        }
    }

    /** A turnout on the PATH and in the directory, beside the migrations of the repository. */
    private void prepare(TestDatabase database) throws IOException {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path turnout = Files.writeString(bin.resolve("turnout"), """
                #!/bin/sh
                exec '%s' -XX:TieredStopAtLevel=1 -Xshare:auto -cp '%s' %s "$@"
                """.formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        System.getProperty("java.class.path"),
                        Turnout.class.getName()));
        Files.setPosixFilePermissions(turnout, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createSymbolicLink(directory.resolve("turnout"), turnout);
        Files.createSymbolicLink(directory.resolve("sql"), Page.root().resolve("sql"));
        environment.put("PATH", bin + ":" + System.getenv("PATH"));
        environment.put("HOME", directory.toString());
        for (String each : List.of("SHOP", "CLINIC")) {
            environment.put("TURNOUT_DB_" + each + "_URL", database.url());
            environment.put("TURNOUT_DB_" + each + "_USER", database.user());
            environment.put("TURNOUT_DB_" + each + "_PASSWORD", database.password());
        }
    }

    private ProcessBuilder process(String... command) {
        ProcessBuilder process = new ProcessBuilder(command).directory(directory.toFile());
        process.environment().putAll(environment);
        return process.redirectErrorStream(true);
    }

    private Process server() throws IOException {
        Process server = process(directory.resolve("turnout").toString(), "serve", "--port", "0", "--json")
                .redirectErrorStream(false)
                .redirectError(directory.resolve("server.log").toFile())
                .start();
        BufferedReader out = server.inputReader(StandardCharsets.UTF_8);
        String line = String.valueOf(out.readLine());
        assertThat(line).as(Files.readString(directory.resolve("server.log"))).contains("\"url\"");
        environment.put("TURNOUT_SERVER", line.replaceAll(".*\"url\":\"([^\"]+)\".*", "$1"));
        return server;
    }

    private void run(String where, Block block, TestDatabase database) throws Exception {
        if (!block.notRun().isEmpty()) {
            System.out.println("NOT RUN " + where + ": " + block.notRun());
            return;
        }
        String[] language = block.language().split(" ");
        switch (language[0]) {
            case "sql" -> database.execute(block.text());
            case "yaml" -> yaml(block, language);
            case "sh" -> shell(where, block.text());
            default -> assertThat(block.text()).isNotBlank();
        }
    }

    private void yaml(Block block, String... language) throws IOException {
        assertThat(new Load(LoadSettings.builder().build()).loadFromString(block.text()))
                .isNotNull();
        if (language.length > 1) {
            Files.writeString(directory.resolve(language[1]), block.text());
        }
    }

    private void shell(String where, String script) throws Exception {
        Process process = process("bash", "-eu", "-o", "pipefail", "-c", script)
                .redirectOutput(directory.resolve("said").toFile())
                .start();
        boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
        String said = where + " said:\n" + Files.readString(directory.resolve("said"));
        System.out.println(said);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    /** Else a page could pass because nothing of it is found. */
    @Test
    void blocks_are_found_with_their_marks() {
        assertThat(new Page("p", "a\n<!-- not run: why -->\n```sh\nx\n```\n\n```yaml f.yaml\na: b\n```\n").blocks())
                .containsExactly(new Block(3, "sh", "x\n", "why"), new Block(7, "yaml f.yaml", "a: b\n", ""));
    }
}
