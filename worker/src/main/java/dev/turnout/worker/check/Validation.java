package dev.turnout.worker.check;

import dev.turnout.migration.Check;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.jdbc.Sql;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.SyncTriggers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says what became of every table once its rows are verified: how many there are, how many were moved, put aside and found
 * right, and whether what the spec expects at the end holds. Writes nothing. Stateless and thread-safe.
 */
public final class Validation implements PhaseWork {
    @Override
    public Stride stride(Site site) throws SQLException {
        long begun = System.nanoTime();
        boolean catalogue = !site.database().dialect().mysql();
        List<Checked> checks = new ArrayList<>();
        List<Map<String, Object>> tables = new ArrayList<>();
        for (Subject subject : Subject.of(site.spec())) {
            Moved moved = site.database().readOnly(Limits.SCAN, connection -> Moved.of(connection, site, subject));
            tables.add(moved.values(subject));
            checks.addAll(moved.checks(subject));
            checks.addAll(site.database()
                    .readOnly(Limits.SCAN, connection -> new TableChecks(connection, subject).run(catalogue, true)));
        }
        if (!site.spec().moves().isEmpty()) {
            List<String> broken = SyncTriggers.intact(site);
            checks.add(Checked.that(
                    broken.isEmpty(),
                    "sync triggers",
                    site.database().name(),
                    "as installed",
                    broken.isEmpty() ? "as installed" : String.join("; ", broken)));
        }
        List<Checked> own = new ArrayList<>(SpecChecks.assertions(site));
        own.addAll(SpecChecks.figures(site, Check::after));
        checks.addAll(own);
        Map<String, Object> validation = new LinkedHashMap<>();
        validation.put("at", site.clock().instant().toString());
        validation.put("tookMs", Duration.ofNanos(System.nanoTime() - begun).toMillis());
        validation.put("tables", tables);
        validation.put("checks", Checked.values(checks));
        return judge(own, checks.size(), Map.of("validation", validation));
    }

    private static Stride judge(List<Checked> own, int all, Map<String, Object> report) {
        List<String> unmet = own.stream()
                .filter(check -> check.state() == Checked.State.FAILED)
                .map(Checked::line)
                .toList();
        return unmet.isEmpty()
                ? new Stride.Done(
                        "every row is what the mapping says, the verifier has proven itself, " + all
                                + " checks were made",
                        report)
                : new Stride.Stop(
                        "the moved data is not what the spec expects at the end",
                        unmet,
                        "mend the data or find what the spec gets wrong, then resume or roll back",
                        report);
    }

    /**
     * What became of the rows of one move.
     *
     * @param tookMs real time of its batches, over all lanes
     */
    private record Moved(long total, long rejected, long chunks, long right, long mismatches, long tookMs) {
        static Moved of(Connection connection, Site site, Subject subject) throws SQLException {
            List<String> chunks =
                    Sql.rows(connection, """
                            SELECT count(*), count(CASE WHEN verified_at IS NOT NULL AND mismatches = 0 THEN 1 END),
                                   coalesce(sum(mismatches), 0), coalesce(sum(took_ms), 0)
                            FROM turnout.chunk WHERE run = ? AND table_name = ?""", site.run(), subject.name()).get(0);
            String rejected = Sql.rows(
                            connection,
                            "SELECT count(*) FROM turnout.rejected WHERE run = ? AND table_name = ? AND resolved_at IS NULL",
                            site.run(),
                            subject.name())
                    .get(0)
                    .get(0);
            return new Moved(
                    new TableChecks(connection, subject).count(),
                    Long.parseLong(rejected),
                    Long.parseLong(chunks.get(0)),
                    Long.parseLong(chunks.get(1)),
                    Long.parseLong(chunks.get(2)),
                    Long.parseLong(chunks.get(3)));
        }

        List<Checked> checks(Subject subject) {
            return List.of(
                    Checked.that(
                            right == chunks && chunks > 0,
                            "key ranges verified and right",
                            subject.name(),
                            "all of " + chunks,
                            right),
                    Checked.that(mismatches == 0, "rows that differ", subject.name(), "0", mismatches),
                    Checked.that(
                            rejected <= subject.maxRejected(),
                            "rows put aside",
                            subject.name(),
                            "at most " + subject.maxRejected(),
                            rejected));
        }

        Map<String, Object> values(Subject subject) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("table", subject.name());
            values.put("total", total);
            values.put("migrated", total - rejected);
            values.put("failed", rejected);
            values.put("verifiedChunks", right);
            values.put("chunks", chunks);
            values.put("tookMs", tookMs);
            return values;
        }
    }
}
