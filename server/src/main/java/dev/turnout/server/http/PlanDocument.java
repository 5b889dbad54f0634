package dev.turnout.server.http;

import dev.turnout.flags.Weight;
import dev.turnout.flags.rollout.ChangeWindow;
import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Plan.Terms;
import dev.turnout.flags.rollout.Step;
import dev.turnout.migration.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A plan as people and programs write and read it. */
final class PlanDocument {
    private static final Set<String> KNOWN = Set.of("steps", "minUnits", "holdback", "windows", "fourEyes", "reason");
    private static final Set<String> OF_A_STEP = Set.of("to", "soak", "approve");
    private static final int MIN_UNITS = 20;

    private PlanDocument() {}

    /** @throws Refusal 422 with every problem */
    static Plan read(Call call) {
        Fields fields = call.fields();
        fields.only(KNOWN);
        List<Step> steps = new ArrayList<>();
        for (Fields step : fields.objects("steps")) {
            step.only(OF_A_STEP);
            step.text("to");
            steps.add(new Step(step.weight("to"), soak(step), step.flag("approve")));
        }
        if (steps.isEmpty()) {
            fields.problem("steps", "must be a list of at least one, such as [{\"to\":\"100%\",\"soak\":\"7d\"}]");
        }
        long minUnits = fields.whole("minUnits", 0, MIN_UNITS);
        Weight holdback = fields.weight("holdback");
        List<ChangeWindow> windows = windows(fields);
        boolean fourEyes = fields.flag("fourEyes");
        fields.check();
        try {
            return new Plan(steps, (int) Math.min(minUnits, Integer.MAX_VALUE), new Terms(holdback, windows, fourEyes));
        } catch (IllegalArgumentException e) {
            throw Refusal.invalid(List.of("steps: " + e.getMessage()));
        }
    }

    private static Duration soak(Fields step) {
        String text = step.text("soak");
        Optional<Duration> soak = Durations.parse(text).or(() -> iso(text)).filter(time -> !time.isNegative());
        if (soak.isEmpty() && !text.isEmpty()) {
            step.problem("soak", "must be a duration such as 24h, 7d or PT24H");
        }
        return soak.orElse(Duration.ZERO);
    }

    private static Optional<Duration> iso(String text) {
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static List<ChangeWindow> windows(Fields fields) {
        List<ChangeWindow> windows = new ArrayList<>();
        if (fields.has("windows")) {
            for (String text : fields.list("windows")) {
                Optional<ChangeWindow> window = ChangeWindow.parse(text);
                window.ifPresent(windows::add);
                if (window.isEmpty()) {
                    fields.problem("windows", "has '" + text + "', which is none such as " + ChangeWindow.LIKE);
                }
            }
        }
        return windows;
    }

    static void write(Map<String, Object> document, Plan plan) {
        document.put("steps", plan.steps().stream().map(PlanDocument::step).toList());
        document.put("minUnits", plan.minUnits());
        document.put("holdback", plan.terms().holdback().toString());
        document.put(
                "windows",
                plan.terms().windows().stream().map(ChangeWindow::toString).toList());
        document.put("fourEyes", plan.terms().fourEyes());
    }

    private static Map<String, Object> step(Step step) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("to", step.to().toString());
        document.put("soak", step.soak());
        document.put("approve", step.approve());
        return document;
    }
}
