package dev.turnout.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What a command is given in a file, or with {@code -} on its standard input. */
final class Input {
    private static final String STANDARD = "-";

    private Input() {}

    /**
     * @param what is in it, for messages
     * @throws CommandFailed when it cannot be read
     */
    static String text(String file, String what) {
        return new String(bytes(file, what), StandardCharsets.UTF_8);
    }

    /**
     * @param what is in it, for messages
     * @throws CommandFailed when it cannot be read, or is no JSON
     */
    static JsonNode json(String file, String what) {
        try {
            return Remote.JSON.readTree(bytes(file, what));
        } catch (JsonProcessingException e) {
            throw CommandFailed.badInput(name(file) + " is not JSON: " + e.getOriginalMessage()
                    + (e.getLocation() == null
                            ? ""
                            : " (line " + e.getLocation().getLineNr() + ", column "
                                    + e.getLocation().getColumnNr() + ")"));
        } catch (IOException e) {
            throw CommandFailed.badInput("cannot read " + what + " from " + name(file) + ": " + e.getMessage());
        }
    }

    /**
     * As {@link #json}.
     *
     * @throws CommandFailed also when it is no object
     */
    static ObjectNode object(String file, String what) {
        if (json(file, what) instanceof ObjectNode object) {
            return object;
        }
        throw CommandFailed.badInput(file + " holds no JSON object");
    }

    private static byte[] bytes(String file, String what) {
        try {
            return file.equals(STANDARD) ? System.in.readAllBytes() : Files.readAllBytes(Path.of(file));
        } catch (NoSuchFileException e) {
            throw CommandFailed.badInput(
                    "there is no file " + file + ": name one with " + what + ", or - for the standard input");
        } catch (AccessDeniedException e) {
            throw CommandFailed.badInput("you may not read " + file + ": see who may with ls -l " + file);
        } catch (IOException e) {
            throw CommandFailed.badInput("cannot read " + what + " from " + name(file) + ": " + e.getMessage());
        }
    }

    private static String name(String file) {
        return file.equals(STANDARD) ? "the standard input" : file;
    }
}
