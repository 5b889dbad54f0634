package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.flags.Flag;
import dev.turnout.server.alert.RuleCheck;
import dev.turnout.server.control.AlertRule;
import dev.turnout.server.control.AlertRule.Action;
import dev.turnout.server.control.AlertRule.Arm;
import dev.turnout.server.control.AlertRule.Attribution;
import dev.turnout.server.control.AlertRule.Bounds;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** An alert rule as it is read and written. */
final class AlertRuleDocument {
    private static final TreeSet<String> MEMBERS = new TreeSet<>(Set.of(
            "name",
            "version",
            "position",
            "enabled",
            "match",
            "flag",
            "attribution",
            "action",
            "actionWindow",
            "maxAlertAge",
            "cooldown",
            "armLabel",
            "requireArmLabel",
            "noData",
            "reason"));
    /** Before the rules that come along. */
    private static final long USUAL_POSITION = 100;

    private AlertRuleDocument() {}

    /**
     * What it leaves out has the usual value.
     *
     * @throws Refusal 422 with every problem
     */
    static AlertRule read(String name, JsonNode document) {
        Fields fields = Fields.of(document, "an alert rule");
        fields.only(MEMBERS);
        if (!Flag.isKey(name)) {
            fields.problem("name", "must be made of 1 to 100 of A-Z a-z 0-9 . _ -");
        }
        AlertRule.Terms terms = new AlertRule.Terms(
                !fields.has("enabled") || fields.flag("enabled"),
                fields.has("match") ? fields.texts("match") : Map.of(),
                fields.has("flag") ? fields.text("flag") : "${labels.flag}",
                word(fields, "attribution", Attribution.LATEST),
                word(fields, "action", Action.ROLLBACK),
                new Bounds(
                        duration(fields, "actionWindow", Bounds.USUAL.actionWindow()),
                        duration(fields, "maxAlertAge", Bounds.USUAL.maxAlertAge()),
                        duration(fields, "cooldown", Bounds.USUAL.cooldown())),
                new Arm(fields.optionalText("armLabel").orElse(Arm.USUAL.label()), fields.flag("requireArmLabel")),
                fields.flag("noData"));
        long position = fields.whole("position", 0, USUAL_POSITION);
        if (position > Integer.MAX_VALUE) {
            fields.problem("position", "must be at most " + Integer.MAX_VALUE);
        }
        RuleCheck.problems(terms).forEach(problem -> {
            String member = problem.split(" ", 2)[0];
            fields.problem(member.equals("arm.label") ? "armLabel" : member, problem.split(" ", 2)[1]);
        });
        fields.check();
        return new AlertRule(name, (int) position, 0, terms);
    }

    private static <E extends Enum<E>> E word(Fields fields, String name, E absent) {
        return fields.has(name) ? fields.word(name, absent.getDeclaringClass()).orElse(absent) : absent;
    }

    private static Duration duration(Fields fields, String name, Duration absent) {
        try {
            return fields.optionalText(name).map(Duration::parse).orElse(absent);
        } catch (DateTimeException e) {
            fields.problem(name, "must be a duration such as PT1H or PT5M");
            return absent;
        }
    }

    static Map<String, Object> write(AlertRule rule) {
        AlertRule.Terms terms = rule.terms();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", rule.name());
        document.put("version", rule.version());
        document.put("position", rule.position());
        document.put("enabled", terms.enabled());
        document.put("match", new TreeMap<>(terms.match()));
        document.put("flag", terms.flag());
        document.put("attribution", terms.attribution());
        document.put("action", terms.action());
        document.put("actionWindow", terms.bounds().actionWindow());
        document.put("maxAlertAge", terms.bounds().maxAlertAge());
        document.put("cooldown", terms.bounds().cooldown());
        document.put("armLabel", terms.arm().label());
        document.put("requireArmLabel", terms.arm().required());
        document.put("noData", terms.noData());
        return document;
    }
}
