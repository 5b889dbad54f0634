package dev.turnout.server.stack;

import dev.turnout.server.cli.Turnout;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Processes of a test, each with its output in a file, all ended with it. */
final class Processes implements AutoCloseable {
    private final Path logs;
    private final List<Process> started = new ArrayList<>();

    Processes(Path logs) {
        this.logs = logs;
    }

    /** Up once it has said where; gives that line. */
    String turnout(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Turnout.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        builder.redirectError(logs.resolve(started.size() + ".err").toFile());
        Process process = builder.start();
        started.add(process);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null) {
            throw new IOException("it ended: " + Files.readString(logs.resolve((started.size() - 1) + ".err")));
        }
        return line;
    }

    void program(String... command) throws IOException {
        StackFiles.require(command[0]);
        started.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(logs.resolve(started.size() + ".log").toFile())
                .start());
    }

    boolean allAlive() {
        return started.stream().allMatch(Process::isAlive);
    }

    /** Free a moment ago. */
    static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        started.forEach(Process::destroy);
        for (Process process : started) {
            try {
                process.onExit().get(60, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                process.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
