package dev.turnout.migration;

import dev.turnout.flags.rollout.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a team writes down once about a migration. Checked as a whole before it exists; immutable.
 *
 * @param name of the migration: {@code [a-z][a-z0-9-]{0,62}}
 * @param database where the old side is
 * @param target where the new tables of transfers are; empty: in the place of the old side
 * @param verifyMaxAge business age a row's verification may reach before the rollout waits
 * @param checks figures that the reports must have
 * @param backfill how the backfill is to begin; an operator may say otherwise later
 * @param hash SHA-256 of the bundle, in hex
 */
public record Spec(
        String name,
        Place database,
        Optional<Place> target,
        FlagBinding flag,
        List<ExpandStep> expand,
        List<Analysis> analyses,
        List<Move> moves,
        List<Transfer> transfers,
        List<Assertion> assertions,
        Duration verifyMaxAge,
        Plan rollout,
        List<Monitor> monitors,
        List<Chore> chores,
        Contract contract,
        List<Check> checks,
        Tuning backfill,
        String hash) {
    public Spec {
        checks = List.copyOf(checks);
        expand = List.copyOf(expand);
        analyses = List.copyOf(analyses);
        moves = List.copyOf(moves);
        transfers = List.copyOf(transfers);
        assertions = List.copyOf(assertions);
        monitors = List.copyOf(monitors);
        chores = List.copyOf(chores);
    }

    /** Whether it only adds: then no row is moved, and what it asserts is all there is to verify. */
    public boolean additive() {
        return moves.isEmpty() && transfers.isEmpty();
    }

    /** Where a side is. */
    public Place place(Side side) {
        return side == Side.OLD ? database : target.orElse(database);
    }

    /** The same between other schemas of the same databases: where it is tried out. */
    public Spec elsewhere(Optional<String> oldSchema, Optional<String> newSchema) {
        Place old = new Place(database.database(), database.product(), oldSchema);
        Place fresh =
                target.filter(place -> remote()).orElse(new Place(database.database(), database.product(), newSchema));
        return new Spec(
                name,
                old,
                Optional.of(fresh),
                flag,
                expand,
                analyses,
                moves,
                transfers,
                assertions,
                verifyMaxAge,
                rollout,
                monitors,
                chores,
                contract,
                checks,
                backfill,
                hash);
    }

    /** The new table of a transfer, in the schema of the side on whose server it is. */
    public TableName into(Transfer transfer) {
        return transfer.into().in(place(transfer.stays() ? Side.OLD : Side.NEW).schema());
    }

    /** Whether the new side is on a server of its own. */
    public boolean remote() {
        return target.isPresent() && !target.get().database().equals(database.database());
    }

    /** The expand steps that change the server of the old side: where they can be tried out beforehand. */
    public List<ExpandStep> expandHere() {
        return expand.stream()
                .filter(step -> !(remote() && step instanceof ExpandStep.Run run && run.on() == Side.NEW))
                .toList();
    }

    /** Whether a monitor asks the server of the old side: there it can be tried out beforehand. */
    public boolean asksHere(Monitor monitor) {
        boolean elsewhere =
                remote() && monitor.query().source().equals(place(Side.NEW).database());
        return monitor.query().language() == Monitor.Language.SQL && !elsewhere;
    }

    /** Whether a transfer goes to another server: it is then carried by a changelog instead of triggers alone. */
    public boolean remote(Transfer transfer) {
        return remote() && !transfer.stays();
    }

    /** By name of a move or transfer: those whose rows must stand before, directly. */
    public Map<String, Set<String>> before() {
        return new Precedence(moves, transfers).before();
    }

    /** @param bucketBy attribute that decides the side; empty: the targeting key */
    public record FlagBinding(String key, Optional<String> bucketBy) {}
}
