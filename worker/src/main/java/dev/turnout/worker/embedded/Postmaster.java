package dev.turnout.worker.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Tells the processes of one data directory from all others. Linux says so in /proc; elsewhere a live pid is unknown. */
final class Postmaster {
    private static final Path PROC = Path.of("/proc");

    private Postmaster() {}

    enum Who {
        /** A live PostgreSQL whose working directory is the data directory. */
        OURS,
        STRANGER,
        GONE,
        /** Alive, on a system without /proc. */
        UNKNOWN
    }

    static Who whoIs(long pid, Path dataDirectory) {
        if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
            return Who.GONE;
        }
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return Who.UNKNOWN;
        }
        return whoIs(PROC.resolve(Long.toString(pid)), dataDirectory);
    }

    /** What cannot be read is another user's, or ended meanwhile: never ours. */
    private static Who whoIs(Path proc, Path dataDirectory) {
        try {
            if (isZombie(proc)) {
                return Who.GONE;
            }
            boolean named = Files.readString(proc.resolve("comm")).strip().equals("postgres");
            return named && Files.isSameFile(proc.resolve("cwd"), dataDirectory) ? Who.OURS : Who.STRANGER;
        } catch (IOException e) {
            return Files.exists(proc) ? Who.STRANGER : Who.GONE;
        }
    }

    /** The state is the field after the name, which stands in parentheses and may hold anything. */
    private static boolean isZombie(Path proc) throws IOException {
        String stat = Files.readString(proc.resolve("stat"));
        return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    }

    /** Asks for a fast shutdown: PostgreSQL takes SIGINT as that, and Java itself can send only TERM and KILL. */
    static void interrupt(long pid) throws IOException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -INT " + pid)
                .redirectErrorStream(true)
                .start();
        kill.getOutputStream().close();
        kill.getInputStream().readAllBytes();
    }

    /** Waits, in real time, until no PostgreSQL works in the directory; false when one still does at the end. */
    static boolean awaitNoneIn(Path dataDirectory, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (anyIn(dataDirectory)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
        return true;
    }

    private static boolean anyIn(Path dataDirectory) throws IOException {
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return false;
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (whoIs(process, dataDirectory) == Who.OURS) {
                    return true;
                }
            }
        }
        return false;
    }
}
