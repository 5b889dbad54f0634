package dev.turnout.server.control;

import java.util.OptionalInt;
import java.util.Set;

/**
 * Whoever showed a valid token.
 *
 * @param name of the token; the actor of what it changes
 * @param scopes prefixes of the keys of the flags that it reaches; none: all flags
 * @param requestsPerSecond its own limit; empty: what the server allows every token
 */
public record Caller(String name, Set<Role> roles, Set<String> scopes, OptionalInt requestsPerSecond) {
    public Caller {
        roles = Set.copyOf(roles);
        scopes = Set.copyOf(scopes);
    }

    /** Without a scope or a limit of its own. */
    public Caller(String name, Set<Role> roles) {
        this(name, roles, Set.of(), OptionalInt.empty());
    }

    public boolean may(Role role) {
        return roles.contains(role) || roles.contains(Role.ADMIN);
    }

    public boolean reachesAll() {
        return scopes.isEmpty();
    }

    public boolean reaches(String flagKey) {
        return reachesAll() || scopes.stream().anyMatch(flagKey::startsWith);
    }
}
