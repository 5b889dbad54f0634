package dev.turnout.server.http;

import dev.turnout.server.alert.AlertIntake;
import dev.turnout.server.alert.Told;
import dev.turnout.server.control.Alert;
import dev.turnout.server.control.Alert.Outcome;
import dev.turnout.server.control.AlertStore;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/alerts}: takes what Alertmanager and Grafana send, says what was or would be done, lists it. */
final class AlertsResource implements Resource {
    private final AlertIntake intake;
    private final AlertStore alerts;
    private final InstantSource time;

    /** @param time business time */
    AlertsResource(AlertIntake intake, AlertStore alerts, InstantSource time) {
        this.intake = intake;
        this.alerts = alerts;
        this.time = time;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.TAKE_ALERTMANAGER_ALERTS, call -> take(call, Alert.Source.ALERTMANAGER),
                Endpoint.TAKE_GRAFANA_ALERTS, call -> take(call, Alert.Source.GRAFANA),
                Endpoint.PUT_GRAFANA_ALERTS, call -> take(call, Alert.Source.GRAFANA),
                Endpoint.TEST_ALERTS, this::test,
                Endpoint.LIST_ALERTS, this::list);
    }

    /** Also 200 for what is ignored: anything else would be sent again and again. */
    private Future<Answer> take(Call call, Alert.Source source) {
        return intake.take(AlertDocument.read(call.json(), source), call.caller())
                .map(AlertsResource::answer);
    }

    private Future<Answer> test(Call call) {
        List<Alert> sent = AlertDocument.read(call.json(), AlertDocument.source(call.json()));
        boolean fresh = call.query("fresh").filter("true"::equals).isPresent();
        return intake.rehearse(fresh ? fresh(sent) : sent, call.caller()).map(AlertsResource::answer);
    }

    /** As if they had just begun to fire: a sample in a file is always old. */
    private List<Alert> fresh(List<Alert> sent) {
        Instant now = time.instant();
        return sent.stream()
                .map(alert -> new Alert(
                        alert.source(), alert.fingerprint(), alert.firing(), now, alert.labels(), alert.annotations()))
                .toList();
    }

    private static Answer answer(List<Told> told) {
        return Answer.ok(Map.of(
                "acted",
                told.stream().filter(each -> each.ruling().acted()).count(),
                "alerts",
                told.stream().map(AlertDocument::write).toList()));
    }

    private Future<Answer> list(Call call) {
        return alerts.page(call.windowFromNewest(), call.query("flag"), call.word("outcome", Outcome.class))
                .map(page -> Answer.page("alerts", page, AlertDocument::write, call.limit(), AlertStore.Entry::id));
    }
}
