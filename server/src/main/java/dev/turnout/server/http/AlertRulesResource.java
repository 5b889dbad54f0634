package dev.turnout.server.http;

import dev.turnout.server.control.AlertRule;
import dev.turnout.server.control.AlertRuleStore;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** {@code /api/v1/alert-rules}: which alerts are acted on, and how; written by compare-and-set on the version. */
final class AlertRulesResource implements Resource {
    private final AlertRuleStore rules;

    AlertRulesResource(AlertRuleStore rules) {
        this.rules = rules;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.LIST_ALERT_RULES, call -> list(),
                Endpoint.READ_ALERT_RULE, this::read,
                Endpoint.PUT_ALERT_RULE, this::put,
                Endpoint.DELETE_ALERT_RULE, this::delete);
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.PUT_ALERT_RULE, call -> AlertRuleDocument.read(call.path("name"), call.json()));
    }

    private Future<Answer> list() {
        return rules.all()
                .map(all -> Answer.ok(Map.of(
                        "rules", all.stream().map(AlertRuleDocument::write).toList())));
    }

    private Future<Answer> read(Call call) {
        String name = call.path("name");
        return rules.find(name)
                .map(found -> answer(200, found.orElseThrow(() -> Refusal.notFound("alert rule '" + name + "'"))));
    }

    private Future<Answer> put(Call call) {
        Precondition precondition = Precondition.of(call);
        AlertRule rule = AlertRuleDocument.read(call.path("name"), call.json());
        return rules.find(rule.name()).compose(present -> {
            if (precondition.mustBeNew() || present.isEmpty()) {
                return rules.create(rule, call.change("")).map(stored -> answer(201, stored));
            }
            if (precondition.version().isEmpty()) {
                return Future.failedFuture(Refusal.versionRequired("the alert rule " + rule.name()));
            }
            return rules.replace(rule, precondition.version().get(), call.change(""))
                    .map(stored -> answer(200, stored));
        });
    }

    private Future<Answer> delete(Call call) {
        return rules.delete(call.path("name"), Precondition.of(call).version(), call.change(""))
                .map(deleted -> Answer.ok(AlertRuleDocument.write(deleted)));
    }

    private static Answer answer(int code, AlertRule rule) {
        return new Answer(code, Optional.of(AlertRuleDocument.write(rule)), Map.of()).version(rule.version());
    }
}
