package dev.turnout.worker.testkit;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Step;
import dev.turnout.migration.Analysis;
import dev.turnout.migration.Assertion;
import dev.turnout.migration.Check;
import dev.turnout.migration.Contract;
import dev.turnout.migration.Contract.ContractStep;
import dev.turnout.migration.ExpandStep;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Move;
import dev.turnout.migration.Place;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Transfer;
import dev.turnout.migration.Tuning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A spec put together by a test from the parts that the test is about. */
public final class TestSpec {
    private final List<ExpandStep> expand = new ArrayList<>();
    private final List<Analysis> analyses = new ArrayList<>();
    private final List<Move> moves = new ArrayList<>();
    private final List<Transfer> transfers = new ArrayList<>();
    private final List<Assertion> assertions = new ArrayList<>();
    private final List<Monitor> monitors = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();
    private final List<ContractStep> contract = new ArrayList<>();
    private Optional<Place> target = Optional.empty();
    private String name = "a-test";
    private String hash = "hash";

    public TestSpec named(String migration, String itsHash) {
        name = migration;
        hash = itsHash;
        return this;
    }

    /** Where the new side is, if not where the old one is. */
    public TestSpec target(Place place) {
        target = Optional.of(place);
        return this;
    }

    public TestSpec expand(ExpandStep... steps) {
        expand.addAll(List.of(steps));
        return this;
    }

    public TestSpec analyze(Analysis... added) {
        analyses.addAll(List.of(added));
        return this;
    }

    public TestSpec move(Move... added) {
        moves.addAll(List.of(added));
        return this;
    }

    public TestSpec transfer(Transfer... added) {
        transfers.addAll(List.of(added));
        return this;
    }

    public TestSpec verify(Assertion... added) {
        assertions.addAll(List.of(added));
        return this;
    }

    public TestSpec monitor(Monitor... added) {
        monitors.addAll(List.of(added));
        return this;
    }

    public TestSpec check(Check... added) {
        checks.addAll(List.of(added));
        return this;
    }

    public TestSpec contract(ContractStep... steps) {
        contract.addAll(List.of(steps));
        return this;
    }

    public Spec spec() {
        return new Spec(
                name,
                new Place("test"),
                target,
                new Spec.FlagBinding("a-flag", Optional.empty()),
                expand,
                analyses,
                moves,
                transfers,
                assertions,
                Duration.ofHours(24),
                new Plan(List.of(new Step(Weight.ALL, Duration.ofDays(7), false)), 0),
                monitors,
                List.of(),
                new Contract(Duration.ofDays(14), true, true, true, contract),
                checks,
                Tuning.NONE,
                hash);
    }
}
