package dev.turnout.server.http;

import dev.turnout.server.control.PhaseChange;
import dev.turnout.server.control.Run;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run of a migration as people and programs read it. */
final class MigrationDocument {
    private MigrationDocument() {}

    /** Without reports, which can be long. */
    static Map<String, Object> brief(Run run) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", run.migration());
        document.put("run", run.id());
        document.put("database", run.database());
        document.put("flag", run.flagKey());
        document.put("phase", run.standing().phase());
        run.standing().pausedFrom().ifPresent(phase -> document.put("pausedFrom", phase));
        document.put("enteredAt", run.standing().enteredAt());
        document.put("because", run.standing().because());
        document.put("wish", run.standing().wish());
        document.put("waitingFor", run.shown().waitingFor());
        document.put("nextAction", run.shown().nextAction());
        document.put("progress", run.shown().progress());
        document.put("problems", run.shown().problems());
        document.put(
                "rejected",
                run.operating().rejectedAt().isPresent()
                        ? run.operating().rejected()
                        : rejected(run.shown().progress()));
        document.put("tuning", run.operating().tuning().words());
        run.driver().worker().ifPresent(worker -> document.put("drivenBy", worker));
        document.put("startedAt", run.createdAt());
        document.put("startedBy", run.createdBy());
        return document;
    }

    static Map<String, Object> full(Run run, List<PhaseChange> history) {
        Map<String, Object> document = brief(run);
        document.put("specHash", run.specHash());
        run.verified().from().ifPresent(from -> document.put("verifiedFrom", from));
        document.put("mismatches", run.verified().mismatches());
        document.put("coverage", run.verified().ages().cells());
        run.contract().approved().ifPresent(word -> document.put("contractApproved", said(word)));
        run.contract().backup().ifPresent(word -> document.put("backup", said(word)));
        document.put("reports", run.shown().reports());
        document.put("history", history);
        return document;
    }

    private static Map<String, Object> said(Run.Word word) {
        return Map.of("text", word.text(), "at", word.at());
    }

    /** Rows put aside, over all moves. */
    private static long rejected(Object progress) {
        if (!(progress instanceof Map<?, ?> map)) {
            return 0;
        }
        return map.get("rejected") instanceof Number number
                ? number.longValue()
                : map.values().stream().mapToLong(MigrationDocument::rejected).sum();
    }
}
