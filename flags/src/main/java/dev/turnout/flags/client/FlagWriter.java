package dev.turnout.flags.client;

import dev.turnout.flags.Flag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Switches flags and moves their share, for a Togglz console: what else there is to change is changed in Turnout.
 * Thread-safe; blocks for ten seconds at most.
 */
final class FlagWriter implements Consumer<Flag> {
    private static final int CHANGED_MEANWHILE = 412;

    private final ServerLine line;
    private final String reason;

    FlagWriter(ServerLine line, String reason) {
        this.line = line;
        this.reason = reason;
    }

    /**
     * Stores the state and the share if nobody has changed the flag since.
     *
     * @throws IllegalStateException when somebody has, or the server refuses the change
     * @throws UncheckedIOException when the server is not there
     */
    @Override
    public void accept(Flag flag) {
        try {
            line.patch(
                    "api/v1/flags/" + flag.key(),
                    Map.of("state", flag.state().name(), "weight", flag.weight().toString(), "reason", reason),
                    flag.version());
        } catch (ServerLine.Refused e) {
            String because = e.code() == CHANGED_MEANWHILE
                    ? "somebody has changed it meanwhile: look at it again"
                    : String.valueOf(e.getMessage());
            throw new IllegalStateException("the flag " + flag.key() + " was not changed: " + because, e);
        } catch (IOException e) {
            throw new UncheckedIOException("the flag " + flag.key() + " was not changed", e);
        }
    }
}
