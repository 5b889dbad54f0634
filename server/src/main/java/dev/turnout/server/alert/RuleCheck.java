package dev.turnout.server.alert;

import dev.turnout.server.control.AlertRule;
import dev.turnout.server.control.AlertRule.Bounds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What is wrong with a rule before it is stored. */
public final class RuleCheck {
    private static final int MOST_LABELS = 20;
    private static final int LONGEST_EXPRESSION = 500;
    private static final Pattern LABEL = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

    private RuleCheck() {}

    /** Every problem, each beginning with the name of its member. */
    public static List<String> problems(AlertRule.Terms terms) {
        List<String> problems = new ArrayList<>();
        if (terms.match().isEmpty() || terms.match().size() > MOST_LABELS) {
            problems.add("match must have 1 to " + MOST_LABELS
                    + " labels, each with a regular expression: a rule for every alert is not meant");
        }
        terms.match().forEach((label, expression) -> check(label, expression, problems));
        if (!FlagName.isSound(terms.flag())) {
            problems.add("flag must be a flag's key such as search, the beginning of keys such as checkout-*, or either"
                    + " with labels in it such as ${labels.flag}");
        }
        if (!LABEL.matcher(terms.arm().label()).matches()) {
            problems.add("arm.label must be the name of a label, such as variant");
        }
        Bounds bounds = terms.bounds();
        within("actionWindow", bounds.actionWindow(), Duration.ofSeconds(1), AlertRule.LONGEST_WINDOW, problems);
        within("maxAlertAge", bounds.maxAlertAge(), Duration.ofSeconds(1), AlertRule.LONGEST_WINDOW, problems);
        within("cooldown", bounds.cooldown(), Duration.ZERO, AlertRule.LONGEST_WINDOW, problems);
        return problems;
    }

    private static void check(String label, String expression, List<String> problems) {
        if (!LABEL.matcher(label).matches()) {
            problems.add("match." + label + " is no name of a label");
        }
        if (expression.length() > LONGEST_EXPRESSION) {
            problems.add("match." + label + " must have at most " + LONGEST_EXPRESSION + " characters");
            return;
        }
        try {
            Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            problems.add("match." + label + " is no regular expression: " + e.getDescription() + " near index "
                    + e.getIndex());
        }
    }

    private static void within(
            String name, Duration duration, Duration shortest, Duration longest, List<String> problems) {
        if (duration.compareTo(shortest) < 0 || duration.compareTo(longest) > 0) {
            problems.add(name + " must be from " + shortest + " to " + longest);
        }
    }
}
