package dev.turnout.server.report;

import dev.turnout.migration.Phase;
import dev.turnout.server.control.PhaseChange;
import dev.turnout.server.control.Run;
import dev.turnout.worker.backfill.RejectedRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The two reports of a run, as JSON values in a fixed order: how the data was before the first change, and what became of it.
 * Pure: the same run, the same report. Times are business time in UTC, durations have their unit.
 */
public final class Reports {
    private static final List<String> STATES = List.of("PASSED", "FAILED", "UNKNOWN", "NOTED");

    private Reports() {}

    /** Empty until the preflight has passed. */
    public static Optional<Map<String, Object>> baseline(Run run) {
        Kept created = kept(run, Phase.CREATED);
        return created.at("baseline").map(baseline -> {
            Map<String, Object> report = head("baseline", run, baseline);
            report.put(
                    "tables",
                    created.list("tables").stream()
                            .map(table -> table.only("table", "estimatedRows", "bytes", "mayGrowByBytes", "deadRows"))
                            .toList());
            report.put("warnings", created.texts("warnings"));
            report.put(
                    "trials", created.list("trials").stream().map(Kept::values).toList());
            return report;
        });
    }

    /**
     * Empty until every row has been verified.
     *
     * @param history of the run, oldest first
     * @param rejected the first rows that are put aside
     */
    public static Optional<Map<String, Object>> validation(
            Run run, List<PhaseChange> history, List<RejectedRow> rejected) {
        Kept verifying = kept(run, Phase.VERIFYING);
        return verifying.at("validation").map(validation -> {
            Map<String, Object> report = head("validation", run, validation);
            report.put("phase", run.standing().phase().name());
            report.put(
                    "tables",
                    validation.list("tables").stream().map(Reports::table).toList());
            report.put("verification", verification(run, verifying));
            report.put(
                    "lossiness",
                    kept(run, Phase.ANALYZING).at("lossiness").map(Kept::values).orElse(Map.of()));
            report.put("rehearsal", kept(run, Phase.READY).values());
            report.put("contract", kept(run, Phase.CONTRACTING).values());
            report.put("tuning", run.operating().tuning().words());
            report.put("rejected", rejected(run, rejected));
            report.put("phases", phases(run.createdAt(), history));
            return report;
        });
    }

    private static Kept kept(Run run, Phase phase) {
        return new Kept(run.shown().reports()).at(phase.name()).orElse(new Kept(Map.of()));
    }

    private static Map<String, Object> head(String kind, Run run, Kept part) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        STATES.forEach(state -> counts.put(state.toLowerCase(Locale.ROOT), 0));
        List<Kept> checks = part.list("checks");
        checks.forEach(check -> counts.merge(check.text("state").toLowerCase(Locale.ROOT), 1, Integer::sum));
        Map<String, Object> head = new LinkedHashMap<>();
        head.put("report", kind);
        head.put("migration", run.migration());
        head.put("run", run.id());
        head.put("database", run.database());
        head.put("specHash", run.specHash());
        head.put("status", status(counts));
        head.put("at", part.text("at"));
        head.put("took", part.took("tookMs"));
        head.put("checked", counts);
        head.put(
                "checks",
                checks.stream()
                        .map(check -> check.only("of", "name", "state", "expected", "found"))
                        .toList());
        return head;
    }

    /** What could not be asked is not a pass. */
    private static String status(Map<String, Integer> counts) {
        if (counts.getOrDefault("failed", 0) > 0) {
            return "FAILED";
        }
        return counts.getOrDefault("unknown", 0) > 0 ? "INCOMPLETE" : "PASSED";
    }

    private static Map<String, Object> table(Kept table) {
        Map<String, Object> values = table.only("table", "total", "migrated", "failed", "verifiedChunks", "chunks");
        values.put("took", table.took("tookMs"));
        return values;
    }

    private static Map<String, Object> verification(Run run, Kept verifying) {
        Map<String, Object> verification = new LinkedHashMap<>();
        verification.put("rows", verifying.number("rows"));
        verification.put("mismatches", run.verified().mismatches());
        verification.put(
                "everyRowSince", run.verified().from().map(Instant::toString).orElse("the phase VERIFYING"));
        verification.put("columnsWithoutAnyValue", verifying.texts("columns without any value"));
        return verification;
    }

    private static Map<String, Object> rejected(Run run, List<RejectedRow> rows) {
        Map<String, Object> rejected = new LinkedHashMap<>();
        rejected.put("total", run.operating().rejected());
        rejected.put("asOf", run.operating().rejectedAt().map(Instant::toString).orElse(""));
        rejected.put("rows", rows.stream().map(Reports::row).toList());
        return rejected;
    }

    private static Map<String, Object> row(RejectedRow row) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("side", row.side().name());
        values.put("table", row.table());
        values.put("key", row.key());
        values.put("phase", row.phase());
        values.put("error", row.message() + " (" + row.sqlstate() + ")");
        values.put("at", row.at().toString());
        return values;
    }

    /** Those that are over: the one that goes on would make another report of the same run every second. */
    private static List<Map<String, Object>> phases(Instant createdAt, List<PhaseChange> history) {
        List<Map<String, Object>> phases = new ArrayList<>();
        Instant entered = createdAt;
        for (PhaseChange change : history) {
            Map<String, Object> phase = new LinkedHashMap<>();
            phase.put("phase", change.from().name());
            phase.put("from", entered.toString());
            phase.put("to", change.at().toString());
            phase.put("took", Kept.words(Duration.between(entered, change.at())));
            phase.put("because", change.because());
            phases.add(phase);
            entered = change.at();
        }
        return phases;
    }
}
