package dev.turnout.server.rollout;

import static dev.turnout.server.control.ControlFixture.await;

import dev.turnout.flags.Flag;
import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Outcomes;
import dev.turnout.flags.guard.Units;
import dev.turnout.flags.rollout.Decision;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Step;
import dev.turnout.flags.stage.Side;
import dev.turnout.flags.time.Pace;
import dev.turnout.migration.Bundle;
import dev.turnout.migration.Contract;
import dev.turnout.migration.Monitor;
import dev.turnout.migration.Phase;
import dev.turnout.migration.Place;
import dev.turnout.migration.Spec;
import dev.turnout.migration.Tuning;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.ControlFixture;
import dev.turnout.server.control.Incident;
import dev.turnout.server.control.OutcomeReport;
import dev.turnout.server.control.OutcomeReport.Arm;
import dev.turnout.server.control.OutcomeReport.Totals;
import dev.turnout.server.control.RolloutRow;
import dev.turnout.worker.monitor.MonitorBoard.Due;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import dev.turnout.worker.monitor.MonitorBoard.Verdict;
import dev.turnout.worker.run.RunBoard.Claim;
import dev.turnout.worker.run.RunBoard.Note;
import dev.turnout.worker.run.RunBoard.Rejected;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.testkit.TestMonitor;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** A migration whose data has just become ready, on a real control database, with a clock that is set. */
final class Story implements AutoCloseable {
    static final String KEY = "use-dynamic-services";
    static final String MIGRATION = "dynamic-services";
    static final Change OPERATOR = new Change("anna", "because");

    private static final Plan PLAN = new Plan(
            List.of(
                    new Step(new Weight(5_000), Duration.ofDays(1), false),
                    new Step(new Weight(25_000), Duration.ofDays(2), false),
                    new Step(Weight.ALL, Duration.ofDays(7), true)),
            20);
    /** Every 250th bucket: as many as a split expects on either side, whatever its weight. */
    private static final List<Integer> UNITS =
            IntStream.range(0, 400).mapToObj(i -> i * 250).toList();

    final ControlFixture fixture = ControlFixture.open();
    final Pace pace = new Pace(fixture.clock, 1, Duration.ofMillis(100));
    final RolloutStores stores = new RolloutStores(
            fixture.control,
            fixture.flags,
            fixture.rollouts,
            fixture.guards,
            fixture.outcomes,
            fixture.monitors,
            fixture.incidents,
            fixture.audit,
            fixture.notices);
    final RolloutOperator operator = new RolloutOperator(stores, fixture.clock);
    final StepOperator steps = new StepOperator(stores, fixture.clock);
    final Tick tick = new Tick(stores, pace);
    private final Claim claim;
    private long seq;

    Story(boolean dryRun) throws SQLException {
        this(PLAN, dryRun);
    }

    /** @param terms of the usual plan */
    Story(Plan.Terms terms) throws SQLException {
        this(new Plan(PLAN.steps(), PLAN.minUnits(), terms), false);
    }

    /** @param monitor in the place of the usual one */
    Story(Monitor monitor) throws SQLException {
        this(PLAN, monitor);
    }

    private Story(Plan plan, boolean dryRun) throws SQLException {
        this(
                plan,
                TestMonitor.sql("parity", "SELECT count(*) AS total FROM reservations", "ids <> total")
                        .dryRun(dryRun)
                        .monitor());
    }

    private Story(Plan plan, Monitor monitor) throws SQLException {
        Spec spec = new Spec(
                MIGRATION,
                new Place("clinic"),
                Optional.empty(),
                new Spec.FlagBinding(KEY, Optional.of("patientId")),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Duration.ofDays(1),
                plan,
                List.of(monitor),
                List.of(),
                new Contract(Duration.ofDays(14), true, true, true, List.of()),
                List.of(),
                Tuning.NONE,
                "hash");
        await(fixture.runs.start(spec, new Bundle("m.yaml", Map.of("m.yaml", "migration: m")), OPERATOR));
        claim = await(fixture.claims.claim("worker", List.of("clinic"), Duration.ofMinutes(1)))
                .get(0);
        enter(Phase.CREATED, Phase.ROLLING_OUT);
        pass(Duration.ofSeconds(1));
    }

    Story() throws SQLException {
        this(false);
    }

    /** For timers: five seconds of business time pass in 20 ms. */
    Pace fast() {
        return new Pace(fixture.clock, 250, Duration.ofMillis(20));
    }

    void enter(Phase from, Phase to) {
        await(fixture.claims.enter(claim, from, to, "ready", Map.of()));
    }

    void verified(long mismatches) {
        await(fixture.claims.note(
                claim,
                new Note(
                        "",
                        Map.of(),
                        List.of(),
                        "",
                        Optional.of(new Verified(Optional.of(fixture.clock.instant()), mismatches)))));
    }

    /** @param beyond of which moves there are too many, in words */
    void putAside(long rows, String... beyond) {
        await(fixture.claims.rejected(claim, new Rejected(rows, List.of(), List.of(beyond)), 0));
    }

    void measured(Verdict verdict) {
        for (Due due : await(fixture.monitors.claimDue("worker", List.of("clinic"), Duration.ofMinutes(1)))) {
            await(fixture.monitors.record(
                    due,
                    new Measurement(
                            fixture.clock.instant(),
                            Duration.ofMillis(3),
                            verdict,
                            verdict + " it was",
                            Map.of("total", "7"))));
        }
    }

    /** Every unit calls once; so many of the new side's, and of the old side's, fail. */
    OutcomeReport report(int newFailures, int oldFailures) {
        Flag flag = flag();
        int weight = flag.newSide().hundredThousandths();
        Map<Side, Arm> arms = new EnumMap<>(Side.class);
        arms.put(Side.NEW, arm(UNITS.stream().filter(unit -> unit < weight).toList(), newFailures));
        arms.put(Side.OLD, arm(UNITS.stream().filter(unit -> unit >= weight).toList(), oldFailures));
        return new OutcomeReport(KEY, "app-1", ++seq, flag.version(), arms);
    }

    private static Arm arm(List<Integer> units, int failures) {
        int failed = Math.min(failures, units.size());
        return new Arm(
                new Totals(units.size(), failed, 0, 0),
                new Outcomes(Units.of(units), Units.of(units.subList(0, failed)), Units.NONE, Units.NONE));
    }

    boolean send(OutcomeReport report) {
        return await(fixture.outcomes.accept(report));
    }

    /** The world as it should be: verified, measured, heard of. */
    Optional<Decision> tickHealthy() {
        verified(0);
        measured(Verdict.SUCCESS);
        send(report(0, 0));
        return tick();
    }

    Optional<Decision> tick() {
        return await(tick.of(claim.run()));
    }

    void pass(Duration time) {
        fixture.clock.pass(time);
    }

    /** Onto the first step, healthy. */
    void toFirstStep() {
        tickHealthy();
    }

    /** Onto the second step, healthy. */
    void toSecondStep() {
        toFirstStep();
        pass(Duration.ofDays(1));
        tickHealthy();
    }

    long run() {
        return claim.run();
    }

    Flag flag() {
        return await(fixture.flags.find(KEY)).orElseThrow();
    }

    RolloutRow rollout() {
        return await(fixture.rollouts.find(MIGRATION)).orElseThrow();
    }

    List<Incident> incidents() {
        return await(fixture.incidents.newestOf(KEY, 10));
    }

    /** All calls that were counted, on both sides. */
    long calls() {
        return await(fixture.outcomes.hours(KEY, Instant.EPOCH)).stream()
                .mapToLong(hour -> hour.totals().calls())
                .sum();
    }

    @Override
    public void close() throws SQLException {
        fixture.close();
    }
}
