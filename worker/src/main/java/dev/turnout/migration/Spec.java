package dev.turnout.migration;

import dev.turnout.flags.rollout.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a team writes down once about a migration. Checked as a whole before it exists; immutable.
 *
 * @param name of the migration: {@code [a-z][a-z0-9-]{0,62}}
 * @param database name of a connection; its secrets live outside
 * @param verifyMaxAge business age a row's verification may reach before the rollout waits
 * @param hash SHA-256 of the bundle, in hex
 */
public record Spec(
        String name,
        String database,
        FlagBinding flag,
        List<ExpandStep> expand,
        List<Analysis> analyses,
        List<Move> moves,
        List<Assertion> assertions,
        Duration verifyMaxAge,
        Plan rollout,
        List<Monitor> monitors,
        Contract contract,
        String hash) {
    public Spec {
        expand = List.copyOf(expand);
        analyses = List.copyOf(analyses);
        moves = List.copyOf(moves);
        assertions = List.copyOf(assertions);
        monitors = List.copyOf(monitors);
    }

    /** @param bucketBy attribute that decides the side; empty: the targeting key */
    public record FlagBinding(String key, Optional<String> bucketBy) {}
}
