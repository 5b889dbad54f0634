package dev.turnout.server.control;

import java.util.Set;

/**
 * Which part of a list is wanted. What is changed while somebody pages on is seen as it is then; nothing is shown twice.
 *
 * @param cursor where the page before ended
 * @param scopes see {@link Caller#scopes}
 */
public record Window<T>(T cursor, int limit, Set<String> scopes) {
    /** For binding: the beginnings of what may be seen. */
    String[] beginnings(String kind) {
        return scopes.isEmpty()
                ? new String[] {""}
                : scopes.stream().map(scope -> kind + scope).toArray(String[]::new);
    }
}
