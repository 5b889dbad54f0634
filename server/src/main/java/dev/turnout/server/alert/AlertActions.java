package dev.turnout.server.alert;

import dev.turnout.server.alert.Judgement.Act;
import dev.turnout.server.alert.Judgement.Ignore;
import dev.turnout.server.control.Alert;
import dev.turnout.server.control.Alert.Outcome;
import dev.turnout.server.control.Alert.Reason;
import dev.turnout.server.control.Alert.Ruling;
import dev.turnout.server.control.AlertRule;
import dev.turnout.server.control.AlertStore;
import dev.turnout.server.control.Change;
import dev.turnout.server.control.Exposure;
import dev.turnout.server.control.Incident;
import dev.turnout.server.control.Notice;
import dev.turnout.server.control.Refused;
import dev.turnout.server.control.Tx;
import dev.turnout.server.rollout.RolloutOperator;
import dev.turnout.server.rollout.RolloutStores;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Does what was decided about an alert, in the transaction of the decision. Thread-safe. */
public final class AlertActions {
    private final RolloutStores stores;
    private final AlertStore alerts;
    private final RolloutOperator operator;

    public AlertActions(RolloutStores stores, AlertStore alerts, RolloutOperator operator) {
        this.stores = stores;
        this.alerts = alerts;
        this.operator = operator;
    }

    Future<Ruling> carryOut(Tx tx, Alert alert, AlertRule rule, Exposure exposure, Judgement judgement) {
        if (judgement instanceof Ignore ignore) {
            return Future.succeededFuture(Ruling.ignored(ignore.reason(), ignore.because()));
        }
        Act act = (Act) judgement;
        return switch (act.action()) {
            case ROLLBACK -> rollBack(tx, alert, rule, exposure.flag().key(), act);
            case PAUSE -> pause(tx, alert, exposure.flag().key(), act);
            case NOTIFY -> tell(tx, alert, rule, exposure.flag().key()).map(done(Outcome.NOTIFIED, act));
        };
    }

    private Future<Ruling> rollBack(Tx tx, Alert alert, AlertRule rule, String key, Act act) {
        return operator.rollBack(tx, key, Incident.Source.ALERT, seen(alert, rule, act), change(alert))
                .map(done(Outcome.ROLLED_BACK, act))
                .recover(failure -> failure instanceof Refused refused
                        ? refused(tx, alert, key, String.valueOf(refused.getMessage()))
                        : Future.failedFuture(failure));
    }

    /** Either somebody else was faster, or there is no way back: then a person must know. */
    private Future<Ruling> refused(Tx tx, Alert alert, String key, String because) {
        return alerts.exposure(tx, key).compose(now -> {
            if (now.flatMap(found -> found.flag().rolledBack()).isPresent()) {
                return Future.succeededFuture(Ruling.ignored(Reason.LATCHED, because));
            }
            Notice notice = Notice.of(
                            Notice.Kind.ROLLBACK_REFUSED,
                            key,
                            key + ": NOT rolled back on the alert " + title(alert) + ": " + because)
                    .with("source", Incident.Source.ALERT.name())
                    .with("because", because)
                    .with("fingerprint", alert.fingerprint());
            // An open incident was told of when it was opened.
            return stores.incidents()
                    .unacknowledged(tx, key)
                    .compose(open -> open.isEmpty() ? stores.notices().put(tx, notice) : Future.succeededFuture())
                    .map(new Ruling(Outcome.REFUSED, Reason.CANNOT_GO_BACK, because));
        });
    }

    private Future<Ruling> pause(Tx tx, Alert alert, String key, Act act) {
        return stores.rollouts().lockOfFlag(tx, key).compose(row -> {
            if (row.isEmpty()) {
                return Future.succeededFuture(
                        Ruling.ignored(Reason.NO_ROLLOUT, "no rollout moves it that could be paused"));
            }
            if (row.get().rollout().paused()) {
                return Future.succeededFuture(Ruling.ignored(Reason.PAUSED_ALREADY, "its rollout is paused already"));
            }
            Notice notice = Notice.of(
                            Notice.Kind.PAUSED,
                            key,
                            key + ": its rollout is paused on the alert " + title(alert)
                                    + ", an operator must resume it")
                    .with("fingerprint", alert.fingerprint());
            return operator.pause(tx, key, change(alert))
                    .compose(paused -> stores.notices().put(tx, notice))
                    .map(done(Outcome.PAUSED, act));
        });
    }

    private Future<Void> tell(Tx tx, Alert alert, AlertRule rule, String key) {
        return stores.notices()
                .put(
                        tx,
                        Notice.of(Notice.Kind.ALERTED, key, key + ": the alert " + title(alert) + " fires")
                                .with("rule", rule.name())
                                .with("fingerprint", alert.fingerprint())
                                .with("labels", alert.shortened().labels()));
    }

    private static <T> Function<T, Ruling> done(Outcome outcome, Act act) {
        return any -> new Ruling(outcome, Reason.ACTED, act.because());
    }

    private static Change change(Alert alert) {
        return new Change(
                alert.source().name().toLowerCase(Locale.ROOT) + ":" + alert.fingerprint(), "alert " + title(alert));
    }

    private static String title(Alert alert) {
        String summary = alert.annotations().getOrDefault("summary", "");
        String name = alert.name().isEmpty() ? alert.fingerprint() : alert.name();
        String title = (summary.isBlank() ? name : name + " (" + summary + ")").replaceAll("\\s+|\\p{Cntrl}", " ");
        return title.length() > 300 ? title.substring(0, 300) + "…" : title;
    }

    private static Map<String, Object> seen(Alert alert, AlertRule rule, Act act) {
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("alert", alert.name());
        seen.put("sentBy", alert.source().name());
        seen.put("fingerprint", alert.fingerprint());
        seen.put("startsAt", alert.startsAt().toString());
        seen.put("labels", alert.shortened().labels());
        seen.put("annotations", alert.shortened().annotations());
        seen.put("rule", rule.name());
        seen.put("ruleVersion", rule.version());
        seen.put("actionWindow", rule.terms().bounds().actionWindow().toString());
        seen.put("because", act.because());
        return seen;
    }
}
