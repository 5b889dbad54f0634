package dev.turnout.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnout.flags.Flag;
import dev.turnout.flags.guard.Outcomes;
import dev.turnout.flags.stage.Side;
import dev.turnout.server.control.OutcomeHour;
import dev.turnout.server.control.OutcomeReport;
import dev.turnout.server.control.OutcomeStore;
import dev.turnout.server.control.Unknown;
import dev.turnout.server.rollout.Fate;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * {@code /api/v1/outcomes}: takes what applications met on both sides, one report or an array of them:
 *
 * <pre>{"flag":"f","version":7,"reporter":"app-1","seq":3,"arms":{"OLD":{…},"NEW":{
 *   "calls":10,"failures":1,"slow":0,"mismatches":0,
 *   "exposed":[17,4711],"failed":[17],"slowed":[],"mismatched":[]}}}</pre>
 *
 * Counts are of calls; lists hold the buckets of the units concerned. Each may be left out. A repeated report is taken
 * as done; of several reports all are taken, or none.
 */
final class OutcomesResource implements Resource {
    private static final int MOST_REPORTS = 1000;

    private static final int MOST_HOURS = 24 * 90;

    private final OutcomeStore outcomes;
    private final InstantSource time;
    private final OutcomeMetrics metrics;

    /** @param time business time */
    OutcomesResource(OutcomeStore outcomes, InstantSource time, OutcomeMetrics metrics) {
        this.metrics = metrics;
        this.time = time;
        this.outcomes = outcomes;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.REPORT_OUTCOMES, this::take, Endpoint.READ_OUTCOMES, this::read);
    }

    @Override
    public Map<Endpoint, Consumer<Call>> readings() {
        return Map.of(Endpoint.REPORT_OUTCOMES, OutcomesResource::reports);
    }

    private static List<OutcomeReport> reports(Call call) {
        try {
            return reports(call.json());
        } catch (Refusal e) {
            Fate.MALFORMED.count(1);
            throw e;
        }
    }

    private static List<OutcomeReport> reports(JsonNode body) {
        List<OutcomeReport> reports = new ArrayList<>();
        if (body.isArray()) {
            if (body.size() > MOST_REPORTS) {
                throw Refusal.invalid(List.of("at most " + MOST_REPORTS + " reports in one request"));
            }
            body.forEach(each -> reports.add(read(each)));
        } else {
            reports.add(read(body));
        }
        return reports;
    }

    /** By the hour, the oldest first: the sides beside each other. */
    private Future<Answer> read(Call call) {
        Duration back = Duration.ofHours(call.whole("hours", 1, MOST_HOURS, 24));
        return outcomes.hours(call.path("key"), time.instant().minus(back))
                .map(hours -> Answer.ok(Map.of(
                        "hours", hours.stream().map(OutcomesResource::document).toList())));
    }

    private static Map<String, Object> document(OutcomeHour hour) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("hour", hour.hour());
        document.put("side", hour.side());
        document.put("calls", hour.totals().calls());
        document.put("failures", hour.totals().failures());
        document.put("slow", hour.totals().slow());
        document.put("mismatches", hour.totals().mismatches());
        return document;
    }

    private Future<Answer> take(Call call) {
        List<OutcomeReport> reports = reports(call);
        try {
            reports.forEach(report -> Reach.check(call.caller(), report.flagKey()));
        } catch (Refusal e) {
            Fate.OUT_OF_SCOPE.count(1);
            throw e;
        }
        return outcomes.accept(reports)
                .onFailure(failure -> Fate.UNKNOWN_FLAG.count(failure instanceof Unknown ? 1 : 0))
                .map(accepted -> {
                    int repeated = reports.size() - accepted.size();
                    Fate.ACCEPTED.count(accepted.size());
                    Fate.REPEATED.count(repeated);
                    accepted.forEach(metrics::accepted);
                    return Answer.accepted(Map.of("accepted", accepted.size(), "repeated", repeated));
                });
    }

    private static OutcomeReport read(JsonNode node) {
        Fields report = Fields.of(node, "a report");
        report.only(Set.of("flag", "version", "reporter", "seq", "arms"));
        String flag = report.text("flag");
        if (!flag.isEmpty() && !Flag.isKey(flag)) {
            report.problem("flag", "must be a flag's key");
        }
        String reporter = report.text("reporter");
        if (reporter.length() > 200) {
            report.problem("reporter", "must have at most 200 characters");
        }
        long version = report.whole("version", 0);
        long seq = report.whole("seq", 0);
        Fields sides = report.object("arms");
        sides.only(Set.of(Side.OLD.name(), Side.NEW.name()));
        Map<Side, OutcomeReport.Arm> arms = new EnumMap<>(Side.class);
        for (Side side : Side.values()) {
            if (sides.has(side.name())) {
                arms.put(side, arm(sides.object(side.name())));
            }
        }
        report.check();
        return new OutcomeReport(flag, reporter, seq, version, arms);
    }

    private static OutcomeReport.Arm arm(Fields arm) {
        arm.only(Set.of("calls", "failures", "slow", "mismatches", "exposed", "failed", "slowed", "mismatched"));
        return new OutcomeReport.Arm(
                new OutcomeReport.Totals(
                        arm.whole("calls", 0, 0),
                        arm.whole("failures", 0, 0),
                        arm.whole("slow", 0, 0),
                        arm.whole("mismatches", 0, 0)),
                new Outcomes(arm.units("exposed"), arm.units("failed"), arm.units("slowed"), arm.units("mismatched")));
    }
}
