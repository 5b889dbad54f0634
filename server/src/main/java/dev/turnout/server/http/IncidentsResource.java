package dev.turnout.server.http;

import dev.turnout.server.control.Incident;
import dev.turnout.server.control.IncidentStore;
import dev.turnout.server.rollout.RolloutOperator;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/incidents}: what went wrong, with the evidence; acknowledging lets the rollout begin again. */
final class IncidentsResource implements Resource {
    private static final int MOST = 1000;

    private final IncidentStore incidents;
    private final RolloutOperator operator;

    IncidentsResource(IncidentStore incidents, RolloutOperator operator) {
        this.incidents = incidents;
        this.operator = operator;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.LIST_INCIDENTS, this::list, Endpoint.ACKNOWLEDGE_INCIDENT, this::acknowledge);
    }

    /** Query: {@code flag}, {@code limit}. */
    private Future<Answer> list(Call call) {
        int limit = (int) call.whole("limit", 1, MOST, 100);
        Future<List<Incident>> found = call.query("flag")
                .map(flag -> incidents.newestOf(flag, limit))
                .orElseGet(() -> incidents.newest(limit));
        return found.map(all -> Answer.ok(Map.of(
                "incidents", all.stream().map(IncidentsResource::document).toList())));
    }

    /** Acknowledges every open incident of the flag: what is understood about one is understood about all. */
    private Future<Answer> acknowledge(Call call) {
        long id = number(call.path("id"));
        return find(id).compose(incident -> operator.acknowledge(incident.flagKey(), call.change("")))
                .compose(flag -> find(id))
                .map(incident -> Answer.ok(document(incident)));
    }

    private Future<Incident> find(long id) {
        return incidents.find(id).map(found -> found.orElseThrow(() -> Refusal.notFound("incident " + id)));
    }

    private static long number(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw Refusal.notFound("incident '" + id + "'");
        }
    }

    private static Map<String, Object> document(Incident incident) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", incident.id());
        document.put("flag", incident.flagKey());
        incident.run().ifPresent(run -> document.put("run", run));
        document.put("at", incident.at());
        document.put("source", incident.finding().source());
        document.put("because", incident.finding().because());
        document.put("weightBefore", incident.before().toString());
        document.put("weightAfter", incident.after().toString());
        document.put("evidence", incident.evidence());
        incident.acknowledged().ifPresent(word -> {
            document.put("acknowledgedAt", word.at());
            document.put("acknowledgedBy", word.change().actor());
            document.put("acknowledgedBecause", word.change().reason());
        });
        return document;
    }
}
