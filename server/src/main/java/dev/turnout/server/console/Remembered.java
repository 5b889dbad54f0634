package dev.turnout.server.console;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The pages that were shown of late, for when they cannot be read anew. Thread-safe. */
final class Remembered {
    private static final int MOST = 500;

    private final Map<String, Shown> shown = new LinkedHashMap<>(MOST, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Shown> eldest) {
            return size() > MOST;
        }
    };

    /** @param at business time when it was read */
    record Shown(View view, Instant at) {}

    synchronized void keep(String whose, View view, Instant at) {
        shown.put(whose, new Shown(view, at));
    }

    synchronized Optional<Shown> last(String whose) {
        return Optional.ofNullable(shown.get(whose));
    }
}
