package dev.turnout.worker.embedded;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** MySQL 8.0.31 for Linux on x86-64. */
final class MysqlCarrier implements Carrier {
    private static final String ARCHIVE = "/mysql-Linux-amd64.tar.gz";

    @Override
    public String key() throws IOException {
        return "mysql-" + Binaries.sha256(archive()).substring(0, 16);
    }

    /** mysqld is linked against two libraries that a bare system lacks; it looks for them beside its own first. */
    @Override
    public void unpack(Path home) throws IOException {
        Binaries.unpack(new GZIPInputStream(new ByteArrayInputStream(archive())), home);
        Path libraries = home.resolve("lib/private");
        // Asynchronous file access, which the options turn off.
        Files.write(
                libraries.resolve("libaio.so.1"),
                new StubLibrary("libaio.so.1")
                        .with("LIBAIO_0.1", "io_submit")
                        .with("LIBAIO_0.4", "io_setup", "io_getevents")
                        .bytes());
        // Memory near a processor: numa_available answers that there is no such thing, so no other is called.
        Files.write(
                libraries.resolve("libnuma.so.1"),
                new StubLibrary("libnuma.so.1")
                        .with(
                                "libnuma_1.1",
                                "mbind",
                                "numa_alloc_local",
                                "numa_available",
                                "numa_free",
                                "set_mempolicy")
                        .with("libnuma_1.2", "numa_bitmask_free", "numa_get_mems_allowed")
                        .bytes());
    }

    @Override
    public String daemon() {
        return "bin/mysqld";
    }

    @Override
    public List<String> options() {
        return List.of("--innodb-use-native-aio=OFF", "--mysqlx=OFF", "--sync-binlog=0");
    }

    @Override
    public void initialise(Installation installation, Path data) throws IOException {
        Installation.run(
                installation.daemon(data, List.of("--initialize-insecure", "--init-file=" + installation.accountSql())),
                Path.of("/dev/null"),
                installation.home().resolve("initialise.log"));
    }

    private static byte[] archive() throws IOException {
        try (InputStream in = MysqlCarrier.class.getResourceAsStream(ARCHIVE)) {
            if (in == null) {
                throw new IOException("no " + ARCHIVE + " on the class path");
            }
            return in.readAllBytes();
        }
    }
}
