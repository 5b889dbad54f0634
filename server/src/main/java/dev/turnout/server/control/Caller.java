package dev.turnout.server.control;

import java.util.Set;

/**
 * Whoever showed a valid token.
 *
 * @param name of the token; the actor of what it changes
 */
public record Caller(String name, Set<Role> roles) {
    public Caller {
        roles = Set.copyOf(roles);
    }

    public boolean may(Role role) {
        return roles.contains(role) || roles.contains(Role.ADMIN);
    }
}
