package dev.turnout.migration;

import dev.turnout.migration.Contract.ContractStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code expand} and {@code contract}. */
final class StepReader {
    /** What a contract waits for when the spec does not say. */
    private static final Duration STABLE = Duration.ofDays(14);

    private final SqlReader sql;
    private final Product old;
    private final Product target;

    /** @param target the product of the new side */
    StepReader(SqlReader sql, Product old, Product target) {
        this.sql = sql;
        this.old = old;
        this.target = target;
    }

    /** The script that the part names, as it is written for the product of the side. */
    private String script(Part part, Side side, boolean concurrently) {
        return sql.script(part, side == Side.OLD ? old : target, concurrently);
    }

    List<ExpandStep> expand(Part part) {
        List<ExpandStep> steps = new ArrayList<>();
        for (Part entry : part.list()) {
            Fields step = entry.called("an expand step").fields("run", "undo", "verify", "columns", "make", "on");
            if (List.of("run", "columns", "make").stream().filter(step::has).count() != 1) {
                step.owner()
                        .wrong(
                                "an expand step has one of 'run', 'columns' and 'make'",
                                "make a step of each, or add one of them");
            } else if (step.has("make")) {
                steps.addAll(make(step));
            } else if (step.has("run")) {
                steps.add(run(step));
            } else {
                steps.addAll(columns(step));
            }
        }
        return steps;
    }

    private ExpandStep run(Fields step) {
        String file = step.needText("run", "file.sql");
        Side side = step.at("on", Part::side, Side.OLD);
        String script = step.at("run", part -> script(part, side, false), "");
        if (!step.has("undo")) {
            step.owner()
                    .wrong(
                            "the step that runs " + file + " lacks 'undo'",
                            "add undo: a file that takes it back exactly");
        }
        String undo = step.at("undo", part -> script(part, side, false), "");
        return new ExpandStep.Run(file, script, undo, sql.verify(step), side);
    }

    private List<ExpandStep> make(Fields step) {
        refuseDerived(step, "what is made");
        String file = step.needText("make", "file.sql");
        List<ExpandStep> makes = new ArrayList<>();
        for (Ddl ddl : step.at("make").map(sql::makes).orElse(List.of())) {
            makes.add(new ExpandStep.Make(file, makes.size() + 1, ddl));
        }
        return makes;
    }

    private static void refuseDerived(Fields step, String of) {
        for (String derived : List.of("undo", "verify", "on")) {
            step.at(derived)
                    .ifPresent(part ->
                            part.wrong("'" + derived + "' of " + of + " is derived", "leave it out, or use 'run'"));
        }
    }

    private List<ExpandStep> columns(Fields step) {
        refuseDerived(step, "added columns");
        List<ExpandStep> tables = new ArrayList<>();
        step.mapping("columns").forEach((table, types) -> {
            Names.check(types, table);
            Map<String, String> columns = new LinkedHashMap<>();
            types.entries().forEach((column, type) -> {
                Names.check(type, column);
                columns.put(column, sql.expression(type));
            });
            tables.add(new ExpandStep.Columns(table, columns));
        });
        return tables;
    }

    Contract contract(Optional<Part> part) {
        if (part.isEmpty()) {
            return new Contract(STABLE, true, true, true, List.of());
        }
        Fields contract = part.get().fields("when", "steps");
        List<ContractStep> steps = new ArrayList<>();
        boolean pointOfNoReturn = false;
        for (Part entry : contract.list("steps")) {
            Part named = entry.called("a contract step");
            ContractStep step = contractStep(
                    named.fields("run", "undo", "verify", "concurrently", "irreversible", "on", "ends sync", "calm"));
            if (pointOfNoReturn && !step.irreversible()) {
                named.wrong(
                        "the reversible step " + step.file() + " comes after an irreversible one",
                        "put it before, or mark it 'irreversible: true'");
            }
            pointOfNoReturn |= step.irreversible();
            steps.add(step);
        }
        if (!contract.has("when")) {
            return new Contract(STABLE, true, true, true, steps);
        }
        Fields when = contract.at("when", when1 -> when1.fields("stable", "approved", "backup", "incidents"), contract);
        return new Contract(
                when.at("stable", Part::duration, STABLE),
                when.at("approved", Part::yes, true),
                when.at("backup", backup -> oneOf(backup, "required", "optional"), true),
                when.at("incidents", incidents -> oneOf(incidents, "none", "any"), true),
                steps);
    }

    private ContractStep contractStep(Fields step) {
        boolean concurrently = step.at("concurrently", Part::yes, false);
        boolean irreversible = step.at("irreversible", Part::yes, false);
        String file = step.needText("run", "file.sql");
        Side side = step.at("on", Part::side, Side.OLD);
        String script = step.at("run", part -> script(part, side, concurrently), "");
        Optional<String> undo = step.at("undo").map(part -> script(part, side, concurrently));
        if (undo.isEmpty() && !irreversible) {
            step.owner()
                    .wrong(
                            "the step that runs " + file + " has no way back",
                            "add undo: a file that takes it back, or 'irreversible: true'");
        }
        if (undo.isPresent() && irreversible) {
            step.owner()
                    .wrong("the step that runs " + file + " is irreversible and has an undo", "leave one of them out");
        }
        return new ContractStep(
                file,
                script,
                undo,
                sql.verify(step),
                concurrently,
                irreversible,
                side,
                new Contract.Pause(
                        step.at("ends sync", Part::yes, false), step.at("calm", Part::duration, Duration.ZERO)));
    }

    private static boolean oneOf(Part part, String yes, String no) {
        String text = part.text();
        if (!text.isEmpty() && !text.equals(yes) && !text.equals(no)) {
            part.wrong(part.name() + " must be '" + yes + "' or '" + no + "', not '" + text + "'", "write one of them");
        }
        return text.equals(yes);
    }
}
