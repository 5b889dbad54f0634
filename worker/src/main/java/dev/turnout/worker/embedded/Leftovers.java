package dev.turnout.worker.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Throw-away servers whose owner was killed before it could delete them. */
final class Leftovers {
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    private Leftovers() {}

    /** Stops and deletes those that nobody holds any more; what fails here must not hinder a new start. */
    static void sweep(Path parent) throws IOException {
        List<Path> candidates;
        try (Stream<Path> children = Files.list(parent)) {
            // One that is being made goes with the directory that it is made for: who makes it holds that one.
            candidates = children.filter(Files::isDirectory)
                    .filter(child -> !DataDirectory.isBeingMade(child))
                    .toList();
        }
        for (Path candidate : candidates) {
            try {
                Optional<DataDirectory> free = DataDirectory.tryTake(candidate);
                if (free.isPresent()) {
                    try (DataDirectory directory = free.get()) {
                        directory.clearLeftovers();
                        directory.delete();
                    }
                }
            } catch (IOException | EmbeddedPostgresFailed e) {
                log.warn("cannot remove the throw-away PostgreSQL {}: {}", candidate, e.toString());
            }
        }
    }
}
