package dev.turnout.server.console;

import java.util.ArrayList;
import java.util.List;

/** A rule for alerts, as people say it. Pure. */
final class RuleWords {
    private RuleWords() {}

    /** What it does to the flag. */
    static String does(String action) {
        return switch (action) {
            case "ROLLBACK" -> "takes back";
            case "PAUSE" -> "holds the rollout of";
            case "NOTIFY" -> "tells people about";
            default -> action;
        };
    }

    /** When it does. */
    static String when(Doc rule) {
        List<String> words = new ArrayList<>();
        words.add("if it was increased within the " + Times.span(rule, "actionWindow") + " before");
        words.add("and the alert has fired for no longer than " + Times.span(rule, "maxAlertAge"));
        if (rule.is("requireArmLabel")) {
            words.add("and its label " + rule.text("armLabel") + " says that it is about the new side");
        }
        return String.join(", ", words) + "; then it leaves that flag alone for " + Times.span(rule, "cooldown")
                + (rule.is("noData") ? ". Alerts that say that nothing is known count as well" : "");
    }

    /** A label a line, as a form takes it. */
    static String lines(Doc match) {
        List<String> lines = new ArrayList<>();
        match.members().forEach((label, expression) -> lines.add(label + " = " + expression.text()));
        return String.join("\n", lines);
    }
}
