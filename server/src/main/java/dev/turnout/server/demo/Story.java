package dev.turnout.server.demo;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the demo has to remember beyond the control state and the ledger, so that it can be killed and go on. Each change
 * is on disk before the method returns. Used by one thread.
 */
final class Story {
    private final Path file;
    private final JsonObject told;

    private Story(Path file, JsonObject told) {
        this.file = file;
        this.told = told;
    }

    /**
     * The story that was begun here, or a new one.
     *
     * @param rows of a new one
     */
    static Story open(Path file, long rows) throws IOException {
        if (Files.exists(file)) {
            return new Story(file, new JsonObject(Files.readString(file)));
        }
        Story story = new Story(file, new JsonObject().put("rows", rows));
        story.save();
        return story;
    }

    long rows() {
        return told.getLong("rows");
    }

    /** True when it was begun by an earlier process. */
    boolean resumed() {
        return told.getLong("starts", 0L) > 1;
    }

    void starts() throws IOException {
        told.put("starts", told.getLong("starts", 0L) + 1);
        save();
    }

    /** Real time the demo has run, earlier processes included. */
    Duration ran() {
        return Duration.ofMillis(told.getLong("ranMillis", 0L));
    }

    void ran(Duration more) throws IOException {
        told.put("ranMillis", ran().plus(more).toMillis());
        save();
    }

    /** Lines of the report, in the order in which they were told. */
    List<String> findings() {
        List<String> lines = new ArrayList<>();
        told.getJsonArray("findings", new JsonArray()).forEach(line -> lines.add(String.valueOf(line)));
        return lines;
    }

    /**
     * Told once: a repetition under the same title replaces it.
     *
     * @param bad makes the demo fail
     */
    void finding(String title, String text, boolean bad) throws IOException {
        JsonArray kept = new JsonArray();
        told.getJsonArray("findings", new JsonArray()).stream()
                .filter(line -> !String.valueOf(line).startsWith(title + ": "))
                .forEach(kept::add);
        told.put("findings", kept.add(title + ": " + text));
        told.put("bad", told.getBoolean("bad", false) || bad);
        save();
    }

    boolean bad() {
        return told.getBoolean("bad", false);
    }

    /** A measurement to be compared later. */
    Optional<Duration> measured(String what) {
        return Optional.ofNullable(told.getLong(what)).map(Duration::ofNanos);
    }

    void measured(String what, Duration took) throws IOException {
        told.put(what, took.toNanos());
        save();
    }

    private void save() throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, told.encodePrettily());
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
