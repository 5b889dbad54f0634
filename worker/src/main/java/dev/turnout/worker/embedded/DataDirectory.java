package dev.turnout.worker.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data directory that this process alone may use. The lock dies with the process, so a directory whose lock is free
 * and where a postmaster still runs is the leftover of a crash: that one, and no other process, is stopped.
 */
final class DataDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);
    /** A fast shutdown writes a checkpoint, which takes seconds on a slow disk. */
    private static final Duration SHUTDOWN_PATIENCE = Duration.ofSeconds(60);

    private static final String MAKING = ".new";
    /**
     * By this process. The system does not say so, and must not be asked: to close a file gives back every lock that the
     * process has on it, by whichever channel.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private static final String PASSWORD_FILE = "superuser.password";

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Takes the directory, made with 0700 when absent; empty when another process has it. */
    static Optional<DataDirectory> tryTake(Path wanted) throws IOException {
        Path absolute = wanted.toAbsolutePath().normalize();
        Path parent = Files.createDirectories(absolute.getParent());
        Path path = Files.exists(absolute)
                ? absolute.toRealPath()
                : parent.toRealPath().resolve(absolute.getFileName());
        if (!HELD.add(path)) {
            return Optional.empty();
        }
        boolean taken = false;
        Optional<FileChannel> lock = Optional.empty();
        try {
            // Beside it and not inside: initdb insists on an empty directory. Before it: once it is seen, it is held.
            lock = lock(path.resolveSibling(path.getFileName() + ".lock"));
            if (lock.isPresent()) {
                makePrivateDirectory(path);
                taken = true;
            }
            return lock.map(held -> new DataDirectory(path, held));
        } finally {
            if (!taken) {
                if (lock.isPresent()) {
                    lock.get().close();
                }
                HELD.remove(path);
            }
        }
    }

    /** The server refuses a directory that others may read. */
    private static void makePrivateDirectory(Path path) throws IOException {
        Files.createDirectories(path);
        if (isPosix(path)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static Optional<FileChannel> lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.tryLock() != null) {
            return Optional.of(channel);
        }
        channel.close();
        return Optional.empty();
    }

    Path path() {
        return path;
    }

    boolean held() {
        return lock.isOpen();
    }

    String password() throws IOException {
        Path file = path.resolve(PASSWORD_FILE);
        if (!Files.exists(file)) {
            throw new EmbeddedPostgresFailed("there is a PostgreSQL in " + path
                    + " that Turnout did not make (it lacks " + PASSWORD_FILE + "): choose another directory");
        }
        return Files.readString(file).strip();
    }

    /** Fills the directory unless it has been; done beside it and renamed, so that a crash leaves nothing half-made. */
    void initialise(Server server) throws IOException {
        if (Files.exists(path.resolve("PG_VERSION"))) {
            return;
        }
        Path making = making();
        deleteTree(making);
        Path password = path.resolveSibling(path.getFileName() + MAKING + "-password");
        Files.deleteIfExists(password);
        makePrivate(password);
        Files.writeString(password, randomPassword());
        server.initialise(making, password);
        Files.move(password, making.resolve(PASSWORD_FILE));
        // Replaces the directory, which is empty.
        Files.move(making, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path making() {
        return path.resolveSibling(path.getFileName() + MAKING);
    }

    /** Whether a directory is the unfinished content of the one beside it. */
    static boolean isBeingMade(Path directory) {
        return directory.toString().endsWith(MAKING);
    }

    private static String randomPassword() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static void makePrivate(Path file) throws IOException {
        if (isPosix(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    /**
     * Stops a postmaster that outlived its owner and removes its pid file.
     *
     * @throws EmbeddedPostgresFailed when it does not stop, or a process can neither be called ours nor a stranger
     */
    void clearLeftovers() throws IOException {
        Path pidFile = path.resolve("postmaster.pid");
        Optional<Long> pid = pidIn(pidFile);
        if (pid.isPresent()) {
            switch (Postmaster.whoIs(pid.get(), path)) {
                case OURS -> {
                    log.info("stopping PostgreSQL {}, left in {} by a process that is gone", pid.get(), path);
                    Postmaster.interrupt(pid.get());
                }
                case UNKNOWN ->
                    throw new EmbeddedPostgresFailed("process " + pid.get() + " named in " + pidFile
                            + " is alive and this system does not tell what it is: stop it if it is a PostgreSQL in that"
                            + " directory, else delete the file");
                case GONE -> log.debug("{} names process {}, which is gone", pidFile, pid.get());
                case STRANGER -> log.info("{} names process {}, which is somebody else's now", pidFile, pid.get());
            }
        }
        // Also waits for backends whose postmaster was killed: two generations must never write one directory.
        if (!Postmaster.awaitNoneIn(path, SHUTDOWN_PATIENCE)) {
            throw new EmbeddedPostgresFailed(
                    "a PostgreSQL left in " + path + " by an earlier crash does not stop within "
                            + SHUTDOWN_PATIENCE.toSeconds() + " s: stop it by hand (kill -INT) and start again");
        }
        Files.deleteIfExists(pidFile);
    }

    /** Deletes everything, the lock file too; the directory must be free of processes. */
    void delete() throws IOException {
        deleteTree(making());
        Files.deleteIfExists(path.resolveSibling(path.getFileName() + MAKING + "-password"));
        deleteTree(path);
        Files.deleteIfExists(path.resolveSibling(path.getFileName() + ".lock"));
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (lock.isOpen()) {
            lock.close();
            HELD.remove(path);
        }
    }

    static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** The first line of the file; empty when there is none or it was cut short by a crash. */
    private static Optional<Long> pidIn(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        String first = Files.readString(pidFile).lines().findFirst().orElse("").strip();
        return first.matches("[1-9]\\d{0,9}") ? Optional.of(Long.valueOf(first)) : Optional.empty();
    }
}
