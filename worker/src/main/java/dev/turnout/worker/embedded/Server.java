package dev.turnout.worker.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@code initdb} and {@code pg_ctl}. Starting through pg_ctl matters twice: it calls the server ready by the
 * server's own pid file, never because something answers on the port; and it puts the server into a session of its own,
 * so that a Ctrl-C in the terminal reaches us and not the database that our orderly stop still needs.
 */
final class Server {
    private static final Logger log = LoggerFactory.getLogger(Server.class);
    static final String USER = "postgres";
    static final int MAX_CONNECTIONS = 200;
    private static final int START_SECONDS = 60;

    private final Binaries binaries;
    private final boolean asRoot;

    Server(Binaries binaries) throws IOException {
        this.binaries = binaries;
        this.asRoot = runsAsRoot();
        if (asRoot && !mayUnshare()) {
            throw new EmbeddedPostgresFailed("PostgreSQL refuses to run as root, and this system forbids the user"
                    + " namespace that would get around it: run Turnout as another user, or give it a PostgreSQL of"
                    + " yours (--control-db or TURNOUT_CONTROL_DB)");
        }
    }

    /** Fills an empty directory; whoever logs in over TCP needs the password in the file. */
    void initialise(Path directory, Path passwordFile) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--pgdata=" + directory,
                "--username=" + USER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-instructions"));
        arguments.addAll(binaries.locale());
        must("initdb", arguments.toArray(String[]::new));
        Files.writeString(
                directory.resolve("postgresql.conf"),
                "\ninclude_if_exists = '" + Settings.FILE + "'\n",
                StandardOpenOption.APPEND);
    }

    /** Returns when the server of this directory, and no other, accepts connections. */
    void start(Path directory, int port) throws IOException {
        Path startLog = directory.resolve("start.log");
        Files.deleteIfExists(startLog);
        Outcome outcome = run(program(
                "pg_ctl",
                "start",
                "--pgdata=" + directory,
                "--wait",
                "--timeout=" + START_SECONDS,
                "--log=" + startLog,
                "--options=-p " + port));
        if (outcome.exit != 0) {
            String why = Files.exists(startLog) ? Files.readString(startLog).strip() : outcome.output;
            throw new EmbeddedPostgresFailed(
                    "PostgreSQL did not start in " + directory + " on port " + port + ": " + why);
        }
    }

    /** Fast shutdown: sessions are ended, a checkpoint is written. */
    void stop(Path directory) throws IOException {
        must("pg_ctl", "stop", "--pgdata=" + directory, "--mode=fast", "--wait", "--timeout=" + START_SECONDS);
    }

    /** @param wanted 0 for any that is free */
    static int freePort(int wanted) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), wanted));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EmbeddedPostgresFailed(
                    "port " + wanted + " of 127.0.0.1 is taken by somebody else: choose another one, or stop what is"
                            + " there",
                    e);
        }
    }

    private List<String> program(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        if (asRoot) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(binaries.program(name).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private void must(String name, String... arguments) throws IOException {
        Outcome outcome = run(program(name, arguments));
        if (outcome.exit != 0) {
            throw new EmbeddedPostgresFailed(name + " failed with exit status " + outcome.exit + ": " + outcome.output);
        }
    }

    private static Outcome run(List<String> command) throws IOException {
        // Into a file and not a pipe: the server inherits the output, and a pipe would stay open as long as it runs.
        Path output = Files.createTempFile("turnout", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            int exit = process.waitFor();
            String text = Files.readString(output, StandardCharsets.UTF_8).strip();
            log.debug("{}: exit status {}: {}", command, exit, text);
            return new Outcome(exit, text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command, e);
        } finally {
            Files.deleteIfExists(output);
        }
    }

    private static boolean mayUnshare() {
        try {
            return run(List.of("unshare", "-U", "true")).exit == 0;
        } catch (IOException e) {
            log.debug("there is no unshare here", e);
            return false;
        }
    }

    static boolean runsAsRoot() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.isDirectory(self) && Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"));
    }

    private record Outcome(int exit, String output) {}
}
