package dev.turnout.migration;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.ChangeWindow;
import dev.turnout.flags.rollout.OnBad;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Plan.Terms;
import dev.turnout.flags.rollout.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads {@code rollout}, {@code schedule} and {@code verify}: what the ramp follows and what goes beside it. */
final class RolloutReader {
    /** Every key of a rollout that is more than a list of steps. */
    static final Set<String> KEYS = Set.of("min units", "steps", "holdback", "windows", "four eyes", "on bad");

    private static final int MIN_UNITS = 20;
    /** What is held back waits for as long as the rollout takes, and is then moved at once. */
    private static final Weight MOST_HELD_BACK = new Weight(20_000);
    /** What a team gets that writes no plan: a day on few, two days each on more, a week on all. */
    private static final Plan USUAL = new Plan(
            List.of(
                    new Step(new Weight(5_000), Duration.ofHours(24), false),
                    new Step(new Weight(25_000), Duration.ofHours(48), false),
                    new Step(new Weight(50_000), Duration.ofHours(48), false),
                    new Step(Weight.ALL, Duration.ofDays(7), false)),
            MIN_UNITS);

    private static final Duration MAX_AGE = Duration.ofHours(24);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration WITHIN = Duration.ofMillis(100);
    private static final int BATCHES = 100;
    /** Of scheduled SQL: below the lease of whoever runs it. */
    private static final Duration LONGEST_STATEMENT = Duration.ofMinutes(1);

    private final SqlReader sql;

    RolloutReader(SqlReader sql) {
        this.sql = sql;
    }

    static Plan plan(Optional<Part> part) {
        if (part.isEmpty()) {
            return USUAL;
        }
        if (part.get().isList()) {
            return plan(part.get(), MIN_UNITS);
        }
        Fields fields = part.get().fields(KEYS.toArray(String[]::new));
        int minUnits = fields.at("min units", units -> (int) units.number(Integer.MAX_VALUE), MIN_UNITS);
        Plan plan = fields.at("steps", steps -> plan(steps, minUnits), new Plan(USUAL.steps(), minUnits));
        return plan(plan, terms(fields), fields);
    }

    /** The plan without the terms stands in for one that they leave nothing of. */
    private static Plan plan(Plan plan, Terms terms, Fields fields) {
        try {
            return new Plan(plan.steps(), plan.minUnits(), terms);
        } catch (IllegalArgumentException e) {
            fields.at("holdback")
                    .ifPresent(part -> part.wrong(
                            "of a holdback of " + terms.holdback() + " the last step is no step",
                            "hold back less than what the step before it leaves"));
            return plan;
        }
    }

    private static Terms terms(Fields fields) {
        Weight holdback = fields.at("holdback", Part::weight, Weight.NONE);
        if (holdback.compareTo(MOST_HELD_BACK) > 0) {
            fields.at("holdback")
                    .ifPresent(part -> part.wrong(
                            "a holdback of " + holdback + " is no small one",
                            "hold back " + MOST_HELD_BACK + " at most"));
        }
        List<ChangeWindow> windows = new ArrayList<>();
        fields.at("windows").ifPresent(part -> {
            for (Part entry : part.isList() ? part.list() : List.of(part)) {
                String text = entry.text();
                Optional<ChangeWindow> window = ChangeWindow.parse(text);
                window.ifPresent(windows::add);
                if (window.isEmpty() && !text.isEmpty()) {
                    entry.wrong("'" + text + "' is no change window", "write it as " + ChangeWindow.LIKE);
                }
            }
        });
        return new Terms(
                holdback.compareTo(MOST_HELD_BACK) > 0 ? Weight.NONE : holdback,
                windows,
                fields.at("four eyes", Part::yes, false),
                fields.at("on bad", RolloutReader::onBad, OnBad.ZERO));
    }

    private static OnBad onBad(Part part) {
        return switch (part.text()) {
            case "back to 0%" -> OnBad.ZERO;
            case "back to the last good step" -> OnBad.LAST_GOOD_STEP;
            default -> {
                part.wrong(
                        "'" + part.text() + "' is no way back", "write 'back to 0%' or 'back to the last good step'");
                yield OnBad.ZERO;
            }
        };
    }

    /** The usual plan stands in for one that is wrong. */
    private static Plan plan(Part part, int minUnits) {
        List<Step> steps = new ArrayList<>();
        boolean rising = true;
        for (Part entry : part.list()) {
            Part named = entry.called("a rollout step");
            Fields fields = named.fields("to", "soak", "approve");
            Step step = new Step(
                    fields.need("to", "5%").map(Part::weight).orElse(Weight.NONE),
                    fields.need("soak", "24h").map(Part::duration).orElse(Duration.ZERO),
                    fields.at("approve", Part::yes, false));
            Weight before =
                    steps.isEmpty() ? Weight.NONE : steps.get(steps.size() - 1).to();
            if (fields.has("to")
                    && step.to().compareTo(before) <= 0
                    && step.to().compareTo(Weight.NONE) > 0) {
                named.wrong(
                        "the step to " + step.to() + " does not rise: " + before + " comes before it",
                        "let the steps rise");
            }
            rising &= step.to().compareTo(before) > 0;
            steps.add(step);
        }
        if (part.isList() && steps.isEmpty()) {
            part.wrong("the rollout has no step", "add - { to: 100%, soak: 7d }");
        } else if (rising
                && !steps.isEmpty()
                && !steps.get(steps.size() - 1).to().equals(Weight.ALL)) {
            part.wrong(
                    "the rollout ends at " + steps.get(steps.size() - 1).to(),
                    "add a last step - { to: 100%, soak: 7d }");
        }
        return rising && !steps.isEmpty() ? new Plan(steps, minUnits) : USUAL;
    }

    Duration maxAge(Optional<Part> verify) {
        return verify.filter(Part::isMapping)
                .flatMap(part -> Optional.ofNullable(part.entries().get("max age")))
                .map(Part::positiveDuration)
                .orElse(MAX_AGE);
    }

    List<Assertion> assertions(Part verify) {
        List<Assertion> assertions = new ArrayList<>();
        verify.entries().forEach((name, query) -> {
            if (!name.equals("max age")) {
                assertions.add(assertion(name, query));
            }
        });
        return assertions;
    }

    private Assertion assertion(String name, Part part) {
        if (!part.isMapping()) {
            return new Assertion.NoRow(name, sql.query(part));
        }
        Fields fields =
                part.called("verify '" + name + "'").fields("rows", "on", "try", "explain", "uses", "sample", "within");
        if (fields.has("rows")) {
            refuseBeside(fields, "rows", "try", "explain", "uses", "sample", "within");
            return new Assertion.NoRow(name, fields.at("rows", sql::query, ""), fields.at("on", Part::side, Side.OLD));
        }
        if (fields.has("try")) {
            refuseBeside(fields, "try", "on", "explain", "uses", "sample", "within");
            return new Assertion.Trial(name, fields.at("try", file -> sql.script(file, false), ""));
        }
        refuseBeside(fields, "explain", "on");
        return new Assertion.Plan(
                name,
                fields.need("explain", "SELECT …").map(sql::query).orElse(""),
                fields.need("uses", "the name of an index").map(Names::one).orElse(""),
                fields.need("sample", "file.sql").map(this::sample).orElse(""),
                fields.at("within", Part::positiveDuration, WITHIN));
    }

    private static void refuseBeside(Fields fields, String kind, String... others) {
        for (String other : others) {
            fields.at(other)
                    .ifPresent(part -> part.wrong(
                            "'" + other + "' does not go with '" + kind + "'", "leave it out, or make two entries"));
        }
    }

    /** A file or several, in order. */
    private String sample(Part part) {
        List<Part> files = part.isList() ? part.list() : List.of(part);
        return files.stream().map(file -> sql.script(file, false)).collect(Collectors.joining(";\n"));
    }

    List<Chore> chores(Part part) {
        List<Chore> chores = new ArrayList<>();
        part.entries()
                .forEach((name, chore) -> chores.add(chore(
                        name, chore.called("schedule '" + name + "'").fields("every", "timeout", "sql", "batches"))));
        return chores;
    }

    private Chore chore(String name, Fields fields) {
        String statement =
                fields.need("sql", "DELETE FROM …").map(sql::statement).orElse("");
        boolean writes = SqlReader.changesRows(statement);
        int batches = fields.at("batches", part -> (int) part.number(10_000), BATCHES);
        if (!writes) {
            fields.at("batches").ifPresent(part -> part.wrong("a query is run once, not in batches", "leave it out"));
        } else if (batches == 0) {
            fields.at("batches").ifPresent(part -> part.wrong("0 batches would never write", "write at least 1"));
        }
        Duration timeout = fields.at("timeout", Part::positiveDuration, TIMEOUT);
        if (timeout.compareTo(LONGEST_STATEMENT) > 0) {
            fields.at("timeout")
                    .ifPresent(
                            part -> part.wrong("a statement may take a minute at most", "make it smaller with LIMIT"));
        }
        return new Chore(
                name,
                fields.need("every", "15m").map(Part::positiveDuration).orElse(EVERY),
                timeout,
                statement,
                writes ? batches : 0);
    }
}
