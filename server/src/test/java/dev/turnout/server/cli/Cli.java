package dev.turnout.server.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Somebody who types, in this process. */
record Cli(Map<String, String> environment) {
    record Ran(int status, String out, String err) {}

    Ran run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line =
                Turnout.commandLine(environment).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return new Ran(line.execute(arguments), out.toString(), err.toString());
    }

    /** Where the sources are. */
    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("sql"))
                ? here
                : here.resolve("..").normalize();
    }

    /** The same in a process of its own. */
    static List<String> process(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Turnout.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }
}
