package dev.turnout.worker.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Where unpacked programs and throw-away servers lie: a directory that only this user may enter. */
final class Cache {
    private Cache() {}

    /** Below the home directory, because cleaners of /tmp would take programs from under a running server. */
    static Path directory() throws IOException {
        Path home = Path.of(System.getProperty("user.home"));
        if (Files.isDirectory(home) && Files.isWritable(home)) {
            return owned(home.resolve(".cache").resolve("turnout"));
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        return owned(temporary.resolve("turnout-" + System.getProperty("user.name")));
    }

    /** Puts something into an empty directory. */
    @FunctionalInterface
    interface Filling {
        void into(Path directory) throws IOException;
    }

    /** The directory of this name, filled unless it has been; safe for several processes at once. */
    static Path once(Path cache, String name, Filling filling) throws IOException {
        Path directory = cache.resolve(name);
        Path lockFile = cache.resolve("unpack.lock");
        synchronized (Cache.class) { // A file lock belongs to the whole JVM.
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = channel.lock()) {
                if (!held.isValid()) {
                    throw new IOException("lost the lock " + lockFile);
                }
                if (!Files.isDirectory(directory)) {
                    // Filled beside and renamed, so that a crash in between leaves nothing that looks complete.
                    Path filled = Files.createTempDirectory(cache, "unpacking");
                    filling.into(filled);
                    Files.move(filled, directory, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        }
        return directory;
    }

    /** Programs are run from here, so a directory that somebody else prepared is refused. */
    private static Path owned(Path wanted) throws IOException {
        Files.createDirectories(wanted);
        Path path = wanted.toRealPath();
        if (DataDirectory.isPosix(path)) {
            try {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
            } catch (IOException e) {
                throw new EmbeddedPostgresFailed(path + " belongs to another user: remove it, or set -Duser.home", e);
            }
            Path mine = Files.createTempFile(path, "owner", null);
            boolean same = Files.getOwner(mine).equals(Files.getOwner(path));
            Files.delete(mine);
            if (!same) {
                throw new EmbeddedPostgresFailed(path + " belongs to another user: remove it, or set -Duser.home");
            }
        }
        return path;
    }
}
