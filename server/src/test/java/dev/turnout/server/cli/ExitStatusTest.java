package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExitStatusTest {
    @Test
    void the_documentation_has_the_same_table() throws Exception {
        String documented = Files.readString(Cli.root().resolve("docs/cli.md"));

        assertThat(documented.lines().filter(line -> line.matches("\\| \\d+ \\| .*")))
                .containsExactlyElementsOf(Arrays.stream(ExitStatus.values())
                        .map(status -> "| " + status.code() + " | "
                                + ExitStatus.table().get(Integer.toString(status.code())) + " |")
                        .toList());
    }

    @Test
    void the_help_has_it_too() {
        String help = new Cli(Map.of()).run("--help").out().replaceAll("\\s+", " ");

        ExitStatus.table().forEach((code, meaning) -> assertThat(help).contains(code + " " + meaning));
    }

    /** For programs as for people: what is wrong, and what it ends with. */
    @Test
    void a_program_gets_its_problems_as_json() throws Exception {
        Cli.Ran ran = new Cli(Map.of()).run("check", "/nowhere/spec.yaml", "--json");

        assertThat(ran.out()).isEmpty();
        assertThat(Remote.JSON.readTree(ran.err()))
                .isEqualTo(Remote.JSON.readTree(
                        "{\"exitStatus\":2,\"problems\":[\"there is no file /nowhere/spec.yaml\"]}"));
    }
}
