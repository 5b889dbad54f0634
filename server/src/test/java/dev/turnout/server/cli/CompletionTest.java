package dev.turnout.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    private String shell(String shell, String script) throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(Path.of("/bin", shell)) || Files.isExecutable(Path.of("/usr/bin", shell)),
                "SKIPPED, for want of " + shell);
        Path file = directory.resolve("turnout." + shell);
        Files.writeString(file, new Cli(Map.of()).run("completion", shell).out());
        Process process = new ProcessBuilder(shell, "-c", "source " + file + "\n" + script)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static String complete(String... words) {
        // Only Bash itself may call compopt, which decides about blanks.
        return "compopt() { :; }; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD=" + (words.length - 1)
                + "; COMP_LINE='" + String.join(" ", words)
                + "'; COMP_POINT=${#COMP_LINE}; _complete_turnout; echo \"${COMPREPLY[@]}\"";
    }

    @Test
    void bash_completes_commands_their_commands_and_options() throws Exception {
        assertThat(shell("bash", "complete -p turnout")).contains("_complete_turnout");
        assertThat(shell("bash", complete("turnout", "rollb"))).isEqualTo("rollback\n");
        assertThat(shell("bash", complete("turnout", "flag", "ex"))).isEqualTo("export\n");
        assertThat(shell("bash", complete("turnout", "status", "--wa"))).isEqualTo("--watch\n");
        assertThat(shell("bash", complete("turnout", "verify", "--ca"))).contains("--cancel");
        assertThat(shell("bash", complete("turnout", "alert", "set-r"))).isEqualTo("set-rule\n");
        assertThat(shell("bash", complete("turnout", "alert", "set-rule", "--action", "RO")))
                .contains("ROLLBACK");
    }

    @Test
    void zsh_takes_the_script_as_well() throws Exception {
        assertThat(shell("zsh", "print ${_comps[turnout]}")).contains("turnout");
    }

    @Test
    void another_shell_is_answered_with_those_that_are_known() {
        assertThat(new Cli(Map.of()).run("completion", "fish"))
                .matches(ran -> ran.status() == 2 && ran.err().contains("BASH, ZSH"));
    }
}
