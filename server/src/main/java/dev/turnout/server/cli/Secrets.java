package dev.turnout.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Reads files that hold a secret. */
final class Secrets {
    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private Secrets() {}

    /** @throws CommandFailed when it cannot be read, or others could read it as well */
    static String of(Path file) {
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")
                    && !OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
                throw CommandFailed.badInput(
                        "others than its owner can read the token in " + file + ": chmod 600 " + file);
            }
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw CommandFailed.badInput("there is no file " + file + ", which is to hold the token");
        } catch (IOException e) {
            throw CommandFailed.badInput("cannot read the token in " + file + ": " + e.getMessage());
        }
    }
}
