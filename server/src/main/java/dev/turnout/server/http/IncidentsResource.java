package dev.turnout.server.http;

import dev.turnout.server.control.Incident;
import dev.turnout.server.control.IncidentStore;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.Listings.OfIncidents;
import dev.turnout.server.rollout.Recomputation;
import dev.turnout.server.rollout.RolloutOperator;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/incidents}: what went wrong, with the evidence; acknowledging lets the rollout begin again. */
final class IncidentsResource implements Resource {
    private final Listings listings;
    private final IncidentStore incidents;
    private final RolloutOperator operator;

    IncidentsResource(Listings listings, IncidentStore incidents, RolloutOperator operator) {
        this.listings = listings;
        this.incidents = incidents;
        this.operator = operator;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(
                Endpoint.LIST_INCIDENTS, this::list,
                Endpoint.READ_INCIDENT, this::read,
                Endpoint.ACKNOWLEDGE_INCIDENT, this::acknowledge);
    }

    private Future<Answer> list(Call call) {
        OfIncidents filter =
                new OfIncidents(call.query("flag"), call.query("open").map("true"::equals));
        return listings.incidents(call.windowFromNewest(), filter)
                .map(all -> Answer.page("incidents", all, IncidentsResource::document, call.limit(), Incident::id));
    }

    /** Its tag names all open incidents of the flag, as these are acknowledged together. */
    private Future<Answer> read(Call call) {
        boolean recompute = call.query("recompute").filter("true"::equals).isPresent();
        return find(call.number("id", "incident"))
                .compose(
                        incident -> incidents.unacknowledged(incident.flagKey()).map(open -> {
                            Map<String, Object> document = document(incident);
                            if (recompute) {
                                document.put("recomputed", Recomputation.of(incident.evidence()));
                            }
                            return Answer.ok(document).tag(IncidentStore.tag(open));
                        }));
    }

    /** Acknowledges every open incident of the flag: what is understood about one is understood about all. */
    private Future<Answer> acknowledge(Call call) {
        long id = call.number("id", "incident");
        return find(id).compose(incident -> operator.acknowledge(incident.flagKey(), call.changeBasedOn()))
                .compose(flag -> find(id))
                .map(incident -> Answer.ok(document(incident)));
    }

    private Future<Incident> find(long id) {
        return incidents.find(id).map(found -> found.orElseThrow(() -> Refusal.notFound("incident " + id)));
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
