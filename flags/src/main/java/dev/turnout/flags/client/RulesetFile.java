package dev.turnout.flags.client;

import dev.turnout.flags.FlagSet;
import dev.turnout.flags.wire.Ruleset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the last ruleset on disk. A file that cannot be read or written is said in the log and done without. */
final class RulesetFile {
    private static final Logger log = LoggerFactory.getLogger(RulesetFile.class);

    private final Path file;

    RulesetFile(Path file) {
        this.file = file;
    }

    Optional<FlagSet> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Ruleset.read(Files.readString(file)));
        } catch (IOException | IllegalArgumentException e) {
            log.warn("the ruleset kept in {} cannot be used: {}", file, e.getMessage());
            return Optional.empty();
        }
    }

    /** Whole or not at all: a reader never sees a half of it. */
    void write(String ruleset) {
        Path half = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(half, ruleset);
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            log.warn("the ruleset cannot be kept in {}: {}", file, e.getMessage());
        }
    }
}
