package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that builds what is not built: with a Maven and a Java that write down that they were called. */
class ScriptTest {
    /** It fails when another one is at work, as a real one may. */
    private static final String MAVEN = """
            #!/bin/sh
            mkdir busy || exit 1
            echo >> builds
            sleep 1
            touch server/target/turnout.jar
            rmdir busy
            """;

    private static final String JAVA = """
            #!/bin/sh
            echo >> runs
            """;

    @Test
    void commands_that_are_given_at_once_build_once(@TempDir Path home) throws Exception {
        Files.copy(Path.of("../turnout"), home.resolve("turnout"));
        for (String source :
                List.of("pom.xml", "sql/v", "flags/src/main/v", "worker/src/main/v", "server/src/main/v")) {
            Files.createDirectories(home.resolve(source).getParent());
            Files.createFile(home.resolve(source));
        }
        Path maven = program(home.resolve("mvn"), MAVEN);
        program(home.resolve("jdk/bin/java"), JAVA);

        List<Process> commands = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ProcessBuilder command = new ProcessBuilder("sh", "turnout", "--version").directory(home.toFile());
            command.environment().put("MVN", maven.toString());
            command.environment().put("JAVA_HOME", home.resolve("jdk").toString());
            commands.add(command.redirectErrorStream(true)
                    .redirectOutput(home.resolve("out" + i).toFile())
                    .start());
        }
        for (int i = 0; i < commands.size(); i++) {
            assertThat(commands.get(i).waitFor())
                    .as(Files.readString(home.resolve("out" + i)))
                    .isZero();
        }
        assertThat(Files.readAllLines(home.resolve("builds"))).hasSize(1);
        assertThat(Files.readAllLines(home.resolve("runs"))).hasSize(3);
    }

    private static Path program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
