package dev.turnout.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file that lets whoever owns the data directory in: written once, for its owner's eyes. */
final class AdminToken {
    private static final Logger log = LoggerFactory.getLogger(AdminToken.class);

    private final Path file;

    AdminToken(Path file) {
        this.file = file;
    }

    /**
     * Writes the first administrator's token, if there is one to write. The place is tried out before the token is made:
     * once made, it is nowhere else.
     *
     * @param first makes the token; empty when there is an administrator already
     * @throws StartFailed when the file cannot be written
     */
    void ensure(Supplier<Optional<String>> first) {
        @Nullable Path draft = null;
        try {
            Path directory = Files.createDirectories(file.toAbsolutePath().getParent());
            draft = Files.createTempFile(
                    directory,
                    "admin-token",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Optional<String> token = first.get();
            if (token.isPresent()) {
                Files.writeString(draft, token.get() + "\n");
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                log.info("the administrator's token is in {}", file);
            }
        } catch (IOException e) {
            throw new StartFailed(
                    "the administrator's token cannot be written to " + file + ": " + e
                            + " (choose another directory by --data)",
                    e);
        } finally {
            remove(draft);
        }
    }

    private static void remove(@Nullable Path draft) {
        try {
            if (draft != null) {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            log.warn("{} cannot be deleted: {}", draft, e.toString());
        }
    }
}
