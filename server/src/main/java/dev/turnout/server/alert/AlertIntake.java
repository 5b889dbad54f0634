package dev.turnout.server.alert;

import dev.turnout.server.alert.Judgement.Ignore;
import dev.turnout.server.control.Alert;
import dev.turnout.server.control.Alert.Reason;
import dev.turnout.server.control.Alert.Ruling;
import dev.turnout.server.control.AlertRule;
import dev.turnout.server.control.AlertRuleStore;
import dev.turnout.server.control.AlertStore;
import dev.turnout.server.control.Caller;
import dev.turnout.server.control.ControlDatabase;
import dev.turnout.server.control.Exposure;
import dev.turnout.server.control.Tx;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes alerts in. Each is decided, done and taken down in one transaction, and once for a flag, however often and over
 * however many servers it comes. Thread-safe.
 */
public final class AlertIntake {
    private static final Logger LOG = LoggerFactory.getLogger(AlertIntake.class);
    /** Of flags that a rule names by the beginning of their keys. */
    private static final int MOST_FLAGS = 100;

    private final ControlDatabase database;
    private final AlertRuleStore rules;
    private final AlertStore alerts;
    private final AlertActions actions;
    private final AlertMetrics metrics;
    private final Clock clock;

    /** @param clock business time */
    public AlertIntake(
            ControlDatabase database,
            AlertRuleStore rules,
            AlertStore alerts,
            AlertActions actions,
            MeterRegistry registry,
            Clock clock) {
        this.database = database;
        this.rules = rules;
        this.alerts = alerts;
        this.actions = actions;
        this.metrics = new AlertMetrics(registry);
        this.clock = clock;
    }

    /** Ends a rehearsal's transaction. */
    private static final class Rehearsed extends RuntimeException {
        private final transient List<Told> told;

        private Rehearsed(List<Told> told) {
            super("a rehearsal", null, false, false);
            this.told = told;
        }
    }

    /**
     * Decides about each and does it; those that fire first.
     *
     * @param from what it does not reach is not touched
     * @return what was done; when it fails, what was done before stays done, and to send all of it again does the rest
     */
    public Future<List<Told>> take(List<Alert> received, Caller from) {
        List<Told> all = new ArrayList<>();
        return each(firingFirst(received), alert -> database.transaction(tx -> judge(tx, alert, from))
                        .onSuccess(told -> {
                            told.forEach(this::note);
                            all.addAll(told);
                        }))
                .map(done -> all);
    }

    /** What {@link #take} would do, by doing it and not committing it: so it cannot be something else. */
    public Future<List<Told>> rehearse(List<Alert> received, Caller from) {
        return database.<List<Told>>transaction(tx -> {
                    List<Told> all = new ArrayList<>();
                    return each(firingFirst(received), alert -> judge(tx, alert, from)
                                    .onSuccess(all::addAll))
                            .map(done -> {
                                throw new Rehearsed(all);
                            });
                })
                .recover(failure -> failure instanceof Rehearsed rehearsed
                        ? Future.succeededFuture(rehearsed.told)
                        : Future.failedFuture(failure));
    }

    private static List<Alert> firingFirst(List<Alert> received) {
        return received.stream()
                .sorted(Comparator.comparing(Alert::firing).reversed())
                .toList();
    }

    private static <T> Future<Void> each(List<T> all, Function<T, Future<?>> how) {
        Future<Void> done = Future.succeededFuture();
        for (T one : all) {
            done = done.compose(before -> how.apply(one).mapEmpty());
        }
        return done;
    }

    private void note(Told told) {
        metrics.told(told);
        if (told.ruling().acted()) {
            LOG.warn(
                    "alert {}, flag {}: {}, {}",
                    told.alert().fingerprint(),
                    told.flagKey(),
                    told.ruling().outcome(),
                    told.ruling().because());
        }
    }

    private Future<List<Told>> judge(Tx tx, Alert alert, Caller from) {
        Instant now = clock.instant();
        return rules.all(tx).compose(inOrder -> Judge.rule(inOrder, alert)
                .map(rule -> judge(tx, alert, from, rule, now))
                .orElseGet(() -> ignore(tx, alert, "", "", new Ignore(Reason.NO_RULE, "no rule fits its labels"))));
    }

    private Future<List<Told>> judge(Tx tx, Alert alert, Caller from, AlertRule rule, Instant now) {
        FlagName name = FlagName.of(rule.terms().flag(), alert.labels());
        String key = name instanceof FlagName.One one ? one.key() : "";
        Optional<Ignore> no = Judge.beforehand(alert, rule, now);
        if (no.isEmpty() && name instanceof FlagName.Nothing nothing) {
            no = Optional.of(new Ignore(Reason.NO_FLAG, nothing.because()));
        }
        if (no.isEmpty() && !key.isEmpty() && !from.reaches(key)) {
            no = Optional.of(new Ignore(Reason.OUT_OF_REACH, "the token does not reach it"));
        }
        if (no.isPresent()) {
            return ignore(tx, alert, key, rule.name(), no.get());
        }
        return name instanceof FlagName.Beginning beginning
                ? ofSeveral(tx, alert, from, rule, beginning.prefix(), now)
                : ofOne(tx, alert, rule, key, now).map(List::of);
    }

    private Future<List<Told>> ofSeveral(Tx tx, Alert alert, Caller from, AlertRule rule, String prefix, Instant now) {
        Instant since = now.minus(rule.terms().bounds().actionWindow());
        return alerts.exposures(tx, prefix, since, MOST_FLAGS).compose(named -> {
            List<Exposure> reached = named.stream()
                    .filter(each -> from.reaches(each.flag().key()))
                    .toList();
            List<Exposure> blamed = Judge.blamed(rule, reached, now);
            if (blamed.isEmpty()) {
                String because = "of the flags " + prefix + "* none that sends anybody to the new side was increased"
                        + " within the rule's window";
                return ignore(tx, alert, "", rule.name(), new Ignore(Reason.NOT_INCREASED, because));
            }
            List<Told> all = new ArrayList<>();
            return each(blamed, flag -> ofOne(tx, alert, rule, flag.flag().key(), now)
                            .onSuccess(all::add))
                    .map(done -> all);
        });
    }

    private Future<Told> ofOne(Tx tx, Alert alert, AlertRule rule, String key, Instant now) {
        return alerts.note(tx, alert, key).compose(noted -> {
            Optional<Ruling> before = noted.before().filter(Ruling::acted);
            if (before.isPresent()) {
                return Future.succeededFuture(new Told(
                        alert,
                        key,
                        rule.name(),
                        Ruling.ignored(
                                Reason.SEEN_BEFORE,
                                "it was sent before, and answered with "
                                        + before.get().outcome())));
            }
            return alerts.exposure(tx, key)
                    .compose(found -> found.isEmpty()
                            ? Future.succeededFuture(Ruling.ignored(Reason.UNKNOWN_FLAG, "there is no flag " + key))
                            : alerts.acted(tx, rule.name(), key)
                                    .compose(acted -> actions.carryOut(
                                            tx,
                                            alert,
                                            rule,
                                            found.get(),
                                            Judge.of(alert, rule, found.get(), acted, now))))
                    .compose(ruling -> alerts.settle(tx, noted.id(), rule.name(), ruling)
                            .map(new Told(alert, key, rule.name(), ruling)));
        });
    }

    private Future<List<Told>> ignore(Tx tx, Alert alert, String key, String rule, Ignore why) {
        Ruling ruling = Ruling.ignored(why.reason(), why.because());
        return alerts.note(tx, alert, key)
                // What it once led to stays on record.
                .compose(noted -> noted.before().filter(Ruling::acted).isPresent()
                        ? Future.succeededFuture()
                        : alerts.settle(tx, noted.id(), rule, ruling))
                .map(List.of(new Told(alert, key, rule, ruling)));
    }
}
