package dev.turnout.flags.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads server-sent events as the HTML standard (§9.2.6) has them, as far as the server writes them: an event's data, and
 * comments. For one thread.
 */
final class EventReader implements AutoCloseable {
    private final BufferedReader lines;
    private final Runnable alive;

    /** @param alive told of each line, so of heartbeats as well */
    EventReader(InputStream stream, Runnable alive) {
        this.lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
        this.alive = alive;
    }

    /** The next event's data; empty at the end of the stream. */
    Optional<String> next() throws IOException {
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            alive.run();
            if (line.isEmpty() && data.length() > 0) {
                return Optional.of(data.toString());
            }
            if (line.startsWith("data:")) {
                data.append(data.length() == 0 ? "" : "\n")
                        .append(line.substring(5).stripLeading());
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
