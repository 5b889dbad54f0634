package dev.turnout.server.alert;

import dev.turnout.server.control.Alert.Reason;
import dev.turnout.server.control.AlertRule;

/** What an alert calls for, with the reason that is shown and stored. */
sealed interface Judgement {
    String because();

    record Ignore(Reason reason, String because) implements Judgement {}

    record Act(AlertRule.Action action, String because) implements Judgement {}
}
