package dev.turnout.bench.flags;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, so that it shares nothing with the load but the machine. */
final class Running implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
    private static final Duration LONGEST_START = Duration.ofMinutes(2);

    private final Process process;
    private final URI uri;

    private Running(Process process, URI uri) {
        this.process = process;
        this.uri = uri;
    }

    /** @param jar as `mvn package` makes it */
    static Running turnout(Path jar, Path data) throws IOException, InterruptedException {
        return start(data, List.of("-jar", jar.toString(), "serve", "--port", "0", "--data", data.toString()));
    }

    static Running bare(Path dir, Path body, String etag) throws IOException, InterruptedException {
        String classPath = System.getProperty("java.class.path");
        return start(dir, List.of("-cp", classPath, BareServer.class.getName(), body.toString(), etag));
    }

    private static Running start(Path dir, List<String> what) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx512m", "-Xms512m"));
        command.addAll(what);
        Path log = Files.createTempFile(dir, "server", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long end = System.nanoTime() + LONGEST_START.toNanos();
        do {
            Matcher found = LISTENING.matcher(Files.readString(log));
            if (found.find()) {
                return new Running(process, URI.create(found.group(1)));
            }
        } while (System.nanoTime() < end && !process.waitFor(50, TimeUnit.MILLISECONDS));
        process.destroy();
        throw new IOException("the server does not start: " + Files.readString(log));
    }

    URI uri() {
        return uri;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
