package dev.turnout.worker.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The programs of a carrier and a data directory made with them: both once per user, the directory copied for every
 * server. Whoever logs in over TCP needs a password made up at random.
 */
record Installation(Carrier carrier, Path home) {
    static final String USER = "turnout";

    /** Unpacks and initialises, unless it has been done; safe for several processes at once. */
    static Installation of(Carrier carrier) throws IOException {
        Path home = Cache.once(Cache.directory(), carrier.key(), empty -> {
            carrier.unpack(empty);
            Installation making = new Installation(carrier, empty);
            Files.writeString(making.passwordFile(), randomPassword());
            Files.writeString(making.accountSql(), account(making.password()));
            carrier.initialise(making, making.template());
        });
        return new Installation(carrier, home);
    }

    String password() throws IOException {
        return Files.readString(passwordFile());
    }

    private Path passwordFile() {
        return home.resolve("password");
    }

    /** One statement a line. */
    Path accountSql() {
        return home.resolve("account.sql");
    }

    private Path template() {
        return home.resolve("data");
    }

    private static String account(String password) {
        return """
                CREATE USER %1$s@'127.0.0.1' IDENTIFIED BY '%2$s';
                GRANT ALL PRIVILEGES ON *.* TO %1$s@'127.0.0.1' WITH GRANT OPTION;
                """.formatted(USER, password);
    }

    private static String randomPassword() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    void copyTemplate(Path target) throws IOException {
        try (Stream<Path> tree = Files.walk(template())) {
            for (Path file : tree.toList()) {
                Path copy = target.resolve(template().relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
    }

    /** The command line of the server over a data directory. */
    List<String> daemon(Path data, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                home.resolve(carrier.daemon()).toString(), "--no-defaults", "--basedir=" + home, "--datadir=" + data));
        if (Server.runsAsRoot()) {
            command.add("--user=root");
        }
        command.addAll(carrier.options());
        command.addAll(options);
        return command;
    }

    /** Runs a program that ends by itself. */
    static void run(List<String> command, Path input, Path log) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(input.toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IOException(
                        command.get(0) + " failed with exit status " + exit + ": " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command, e);
        }
    }
}
