package dev.turnout.server.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import dev.turnout.server.http.Refusal;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;

/**
 * What would be done about alerts that somebody has at hand; nothing is done.
 *
 * @param payload as it was pasted
 * @param told empty until something was tried
 * @param problem empty when it could be told
 */
record AlertTrial(String payload, boolean fresh, Optional<Doc> told, String problem) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    private static final String SAMPLE = """
            {"version": "4", "status": "firing", "alerts": [
              {"status": "firing", "startsAt": "2026-01-31T09:00:00Z",
               "labels": {"alertname": "ErrorsOfTheNewSide", "severity": "critical", "flag": "search"}}
            ]}""";

    static Future<View> of(Visit visit) {
        return Future.succeededFuture(view(new AlertTrial(SAMPLE, true, Optional.empty(), "")));
    }

    static Future<View> tried(Visit visit) {
        String payload = visit.form("payload");
        boolean fresh = visit.form("fresh").equals("true");
        Map<String, Object> body;
        try {
            body = JSON.readValue(payload, OBJECT);
        } catch (JsonProcessingException e) {
            String why = "this is no JSON object: " + e.getOriginalMessage()
                    + (e.getLocation() == null
                            ? ""
                            : ", in line " + e.getLocation().getLineNr());
            return Future.succeededFuture(view(new AlertTrial(payload, fresh, Optional.empty(), why)));
        }
        Ask ask = Ask.of(Endpoint.TEST_ALERTS).where("fresh", String.valueOf(fresh));
        for (Map.Entry<String, Object> member : body.entrySet()) {
            if (member.getValue() != null) {
                ask = ask.with(member.getKey(), member.getValue());
            }
        }
        return visit.ask(ask)
                .map(told -> view(new AlertTrial(payload, fresh, Optional.of(told), "")))
                .recover(failure -> failure instanceof Refusal refusal && refusal.code() < 500
                        ? Future.succeededFuture(
                                view(new AlertTrial(payload, fresh, Optional.empty(), refusal.detail())))
                        : Future.failedFuture(failure));
    }

    private static View view(AlertTrial page) {
        return new View(
                "Try an alert",
                "alerts",
                (shell, out) -> JtealerttrialGenerated.render(out, Untouched.HTML, shell, page));
    }
}
