package dev.turnout.migration;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads {@code rollout}, {@code monitor}, {@code schedule} and {@code verify}: what the ramp follows and what goes beside it. */
final class RolloutReader {
    private static final int MIN_UNITS = 20;
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
    private static final Duration YOUNG = Duration.ofMinutes(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int ERROR_LIMIT = 4;
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
        Fields fields = part.get().fields("min units", "steps");
        int minUnits = fields.at("min units", units -> (int) units.number(Integer.MAX_VALUE), MIN_UNITS);
        return fields.at("steps", steps -> plan(steps, minUnits), new Plan(USUAL.steps(), minUnits));
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

    List<Monitor> monitors(Part part) {
        List<Monitor> monitors = new ArrayList<>();
        part.entries()
                .forEach((name, monitor) -> monitors.add(monitor(
                        name,
                        monitor.called("monitor '" + name + "'")
                                .fields(
                                        "every",
                                        "young",
                                        "timeout",
                                        "sql",
                                        "fail when",
                                        "ok when",
                                        "min sample",
                                        "failure limit",
                                        "error limit",
                                        "dry run"))));
        return monitors;
    }

    private Monitor monitor(String name, Fields fields) {
        Duration every = fields.at("every", Part::positiveDuration, EVERY);
        Duration young = fields.at("young", Part::positiveDuration, every.compareTo(YOUNG) < 0 ? every : YOUNG);
        if (young.compareTo(every) > 0) {
            fields.at("young")
                    .ifPresent(part ->
                            part.wrong("young is longer than every", "a young step is watched more closely, not less"));
        }
        String query = fields.need("sql", "SELECT …").map(sql::query).orElse("");
        long minSample = fields.at("min sample", part -> part.number(Long.MAX_VALUE / 2), 0L);
        if (minSample > 0 && !query.isEmpty() && !gives(query, "total")) {
            fields.at("min sample")
                    .ifPresent(part -> part.wrong(
                            "min sample counts the column 'total', which the query does not give",
                            "add count(*) AS total to the query, or leave min sample out"));
        }
        return new Monitor(
                name,
                every,
                young,
                fields.at("timeout", Part::positiveDuration, TIMEOUT),
                query,
                fields.need("fail when", "failed > 0").map(sql::expression).orElse(""),
                fields.at("ok when").map(sql::expression),
                minSample,
                fields.at("failure limit", RolloutReader::limit, 0),
                fields.at("error limit", RolloutReader::limit, ERROR_LIMIT),
                fields.at("dry run", Part::yes, false));
    }

    private static boolean gives(String query, String column) {
        return SqlTokens.of(query).stream()
                .anyMatch(token ->
                        token.is("*") || (token.isName() && token.text().equals(column)));
    }

    private static int limit(Part part) {
        return (int) part.number(1_000);
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
