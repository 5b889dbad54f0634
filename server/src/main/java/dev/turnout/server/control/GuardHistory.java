package dev.turnout.server.control;

import dev.turnout.flags.Weight;
import dev.turnout.flags.guard.Metric;
import dev.turnout.server.control.GuardPoint.Width;
import dev.turnout.server.control.OutcomeReport.Totals;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the guards of flags saw over time: narrow points for a short while, wide ones for long. Thread-safe. */
public final class GuardHistory {
    private static final String COUNTS =
            "old_calls, old_failures, old_slow, old_mismatches," + " new_calls, new_failures, new_slow, new_mismatches";

    /** One look into a point of each width. */
    static final String ADD = "INSERT INTO guard_point AS p (flag_key, width_s, at, weight, " + COUNTS
            + ", failures_evidence, slow_evidence, mismatches_evidence)"
            + " SELECT l.flag_key, w.s, to_timestamp(floor(extract(epoch FROM l.at) / w.s) * w.s), l.weight, " + COUNTS
            + ", l.failures_evidence, l.slow_evidence, l.mismatches_evidence"
            + " FROM (SELECT CAST(? AS text) AS flag_key, CAST(? AS timestamptz) AS at, CAST(? AS int) AS weight,"
            + " CAST(? AS bigint) AS old_calls, CAST(? AS bigint) AS old_failures, CAST(? AS bigint) AS old_slow,"
            + " CAST(? AS bigint) AS old_mismatches, CAST(? AS bigint) AS new_calls, CAST(? AS bigint) AS new_failures,"
            + " CAST(? AS bigint) AS new_slow, CAST(? AS bigint) AS new_mismatches,"
            + " CAST(? AS double precision) AS failures_evidence, CAST(? AS double precision) AS slow_evidence,"
            + " CAST(? AS double precision) AS mismatches_evidence) l CROSS JOIN (VALUES (10), (60), (3600)) w (s)"
            + " ON CONFLICT (flag_key, width_s, at) DO UPDATE SET weight = EXCLUDED.weight,"
            + " old_calls = p.old_calls + EXCLUDED.old_calls, old_failures = p.old_failures + EXCLUDED.old_failures,"
            + " old_slow = p.old_slow + EXCLUDED.old_slow,"
            + " old_mismatches = p.old_mismatches + EXCLUDED.old_mismatches,"
            + " new_calls = p.new_calls + EXCLUDED.new_calls, new_failures = p.new_failures + EXCLUDED.new_failures,"
            + " new_slow = p.new_slow + EXCLUDED.new_slow,"
            + " new_mismatches = p.new_mismatches + EXCLUDED.new_mismatches,"
            + " failures_evidence = greatest(p.failures_evidence, EXCLUDED.failures_evidence),"
            + " slow_evidence = greatest(p.slow_evidence, EXCLUDED.slow_evidence),"
            + " mismatches_evidence = greatest(p.mismatches_evidence, EXCLUDED.mismatches_evidence)";

    static final String POINTS = "SELECT at, weight, " + COUNTS
            + ", failures_evidence, slow_evidence, mismatches_evidence"
            + " FROM guard_point WHERE flag_key = ? AND width_s = ? AND at >= ? ORDER BY at LIMIT ?";
    static final String FORGET = "DELETE FROM guard_point WHERE flag_key = ? AND width_s = ? AND at < ?";

    /** Of one answer: three days by the minute. */
    private static final int MOST_POINTS = 4_500;

    private final ControlDatabase database;

    public GuardHistory(ControlDatabase database) {
        this.database = database;
    }

    /** @param look its {@code at} is the moment of the look */
    public Future<Void> add(Tx tx, String flagKey, GuardPoint look) {
        Totals before = look.oldSide();
        Totals after = look.newSide();
        return tx.change(
                        ADD,
                        flagKey,
                        Columns.bind(look.at()),
                        look.weight().hundredThousandths(),
                        before.calls(),
                        before.failures(),
                        before.slow(),
                        before.mismatches(),
                        after.calls(),
                        after.failures(),
                        after.slow(),
                        after.mismatches(),
                        evidence(look, Metric.FAILURES),
                        evidence(look, Metric.SLOW),
                        evidence(look, Metric.MISMATCHES))
                .mapEmpty();
    }

    /** Oldest first. */
    public Future<List<GuardPoint>> points(String flagKey, Width width, Instant since) {
        return database.transaction(
                tx -> tx.all(POINTS, GuardHistory::point, flagKey, width.seconds(), Columns.bind(since), MOST_POINTS));
    }

    /** Forgets what is older than its width is kept. */
    public Future<Void> thin(Tx tx, String flagKey, Instant now) {
        Future<Integer> thinned = Future.succeededFuture(0);
        for (Width width : Width.values()) {
            thinned = thinned.compose(
                    done -> tx.change(FORGET, flagKey, width.seconds(), Columns.bind(now.minus(width.kept()))));
        }
        return thinned.mapEmpty();
    }

    private static double evidence(GuardPoint look, Metric metric) {
        return look.evidence().getOrDefault(metric, 0.0);
    }

    private static GuardPoint point(Row row) {
        return new GuardPoint(
                Columns.instant(row, "at"),
                new Weight(row.getInteger("weight")),
                totals(row, "old_"),
                totals(row, "new_"),
                Map.of(
                        Metric.FAILURES, row.getDouble("failures_evidence"),
                        Metric.SLOW, row.getDouble("slow_evidence"),
                        Metric.MISMATCHES, row.getDouble("mismatches_evidence")));
    }

    private static Totals totals(Row row, String side) {
        return new Totals(
                row.getLong(side + "calls"),
                row.getLong(side + "failures"),
                row.getLong(side + "slow"),
                row.getLong(side + "mismatches"));
    }
}
