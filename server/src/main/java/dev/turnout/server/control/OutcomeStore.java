package dev.turnout.server.control;

import dev.turnout.flags.stage.Side;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reports of applications: accepted once each, however often they are sent, and taken once each. Both sides of that hold
 * the reporter's row, so that a repetition cannot slip in while its original is being taken. Thread-safe.
 */
public final class OutcomeStore {
    static final String FLAG = "SELECT key FROM flag WHERE key = ?";
    /** Also locks the row: see the class. */
    static final String SEEN =
            "INSERT INTO outcome_reporter AS o (flag_key, reporter, seq, seen_at) VALUES (?, ?, -1, ?)"
                    + " ON CONFLICT (flag_key, reporter) DO UPDATE SET seen_at = EXCLUDED.seen_at RETURNING o.seq";

    static final String ACCEPT = "INSERT INTO outcome_report (flag_key, reporter, seq, flag_version, received_at, body)"
            + " VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb)) ON CONFLICT DO NOTHING";
    static final String UNWATCHED =
            "SELECT DISTINCT r.flag_key FROM outcome_report r WHERE NOT EXISTS (SELECT FROM rollout o"
                    + " WHERE o.flag_key = r.flag_key AND o.state IN ('RUNNING', 'LATCHED', 'COMPLETE'))";
    static final String LOCK_REPORTERS =
            "SELECT reporter FROM outcome_reporter WHERE flag_key = ? ORDER BY reporter FOR UPDATE";
    static final String TAKE = "DELETE FROM outcome_report WHERE (flag_key, reporter, seq) IN"
            + " (SELECT flag_key, reporter, seq FROM outcome_report WHERE flag_key = ?"
            + " ORDER BY received_at, reporter, seq LIMIT ?)"
            + " RETURNING flag_key, reporter, seq, flag_version, body";
    static final String TAKEN = "UPDATE outcome_reporter o SET seq = greatest(o.seq, t.seq)"
            + " FROM unnest(CAST(? AS text[]), CAST(? AS bigint[])) AS t (reporter, seq)"
            + " WHERE o.flag_key = ? AND o.reporter = t.reporter";
    static final String ADD_HOUR = "INSERT INTO outcome_hour AS o"
            + " (flag_key, hour, arm, calls, failures, slow, mismatches) VALUES (?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (flag_key, hour, arm) DO UPDATE SET calls = o.calls + EXCLUDED.calls,"
            + " failures = o.failures + EXCLUDED.failures, slow = o.slow + EXCLUDED.slow,"
            + " mismatches = o.mismatches + EXCLUDED.mismatches";
    static final String HOURS = "SELECT hour, arm, calls, failures, slow, mismatches FROM outcome_hour"
            + " WHERE flag_key = ? AND hour >= ? ORDER BY hour, arm";
    static final String FORGET = "DELETE FROM outcome_reporter o WHERE o.flag_key = ? AND o.seen_at < ?"
            + " AND NOT EXISTS (SELECT FROM outcome_report r WHERE r.flag_key = o.flag_key AND r.reporter = o.reporter)";

    private static final Comparator<OutcomeReport> ORDER = Comparator.comparing(OutcomeReport::flagKey)
            .thenComparing(OutcomeReport::reporter)
            .thenComparing(OutcomeReport::seq);

    private final ControlDatabase database;
    private final Clock clock;

    /** @param clock business time */
    public OutcomeStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * Keeps the report until it is taken.
     *
     * @return false when it is a repetition, which is as good; fails with {@link Unknown} when there is no such flag
     */
    public Future<Boolean> accept(OutcomeReport report) {
        return accept(List.of(report)).map(accepted -> !accepted.isEmpty());
    }

    /**
     * Keeps the reports until they are taken: all of them, or none.
     *
     * @return those that are no repetitions; fails with {@link Unknown} when there is no flag of one of them
     */
    public Future<List<OutcomeReport>> accept(List<OutcomeReport> reports) {
        // In one order, so that two batches of one reporter wait for each other and do not deadlock.
        List<OutcomeReport> sorted = reports.stream().sorted(ORDER).toList();
        return database.transaction(tx -> {
            List<OutcomeReport> accepted = new ArrayList<>();
            Future<Boolean> all = Future.succeededFuture(true);
            for (OutcomeReport report : sorted) {
                all = all.compose(before -> accept(tx, report)).onSuccess(isNew -> {
                    if (isNew) {
                        accepted.add(report);
                    }
                });
            }
            return all.map(accepted);
        });
    }

    private Future<Boolean> accept(Tx tx, OutcomeReport report) {
        OffsetDateTime now = Columns.bind(clock.instant());
        return tx.first(FLAG, row -> true, report.flagKey())
                .map(known -> known.orElseThrow(() -> new Unknown("flag", report.flagKey())))
                .compose(known -> tx.first(SEEN, row -> row.getLong("seq"), report.flagKey(), report.reporter(), now))
                .compose(taken -> report.seq() <= taken.orElseThrow()
                        ? Future.succeededFuture(0)
                        : tx.change(
                                ACCEPT,
                                report.flagKey(),
                                report.reporter(),
                                report.seq(),
                                report.flagVersion(),
                                now,
                                Json.write(new Body(report.arms()))))
                .map(accepted -> accepted > 0);
    }

    /** Flags whose reports no rollout takes: they would wait for ever. */
    public Future<List<String>> unwatched() {
        return database.transaction(tx -> tx.all(UNWATCHED, row -> Columns.text(row, "flag_key")));
    }

    /** Takes the oldest reports and adds them to the totals of the present hour. */
    public Future<List<OutcomeReport>> take(Tx tx, String flagKey, int limit) {
        return tx.rows(LOCK_REPORTERS, flagKey)
                .compose(locked -> tx.all(TAKE, OutcomeStore::report, flagKey, limit))
                .compose(reports -> reports.isEmpty()
                        ? Future.succeededFuture(reports)
                        : taken(tx, flagKey, reports)
                                .compose(done -> count(tx, flagKey, Side.OLD, reports))
                                .compose(done -> count(tx, flagKey, Side.NEW, reports))
                                .map(reports));
    }

    private static Future<Integer> taken(Tx tx, String flagKey, List<OutcomeReport> reports) {
        Map<String, Long> highest = new TreeMap<>();
        reports.forEach(report -> highest.merge(report.reporter(), report.seq(), Math::max));
        return tx.change(
                TAKEN, highest.keySet().toArray(String[]::new), highest.values().toArray(Long[]::new), flagKey);
    }

    private Future<Void> count(Tx tx, String flagKey, Side side, List<OutcomeReport> reports) {
        OutcomeReport.Totals totals = OutcomeReport.Totals.of(side, reports);
        return tx.change(
                        ADD_HOUR,
                        flagKey,
                        Columns.bind(clock.instant().truncatedTo(ChronoUnit.HOURS)),
                        side.name(),
                        totals.calls(),
                        totals.failures(),
                        totals.slow(),
                        totals.mismatches())
                .mapEmpty();
    }

    /** Forgets reporters that have been silent since then and have nothing waiting: processes that are gone. */
    public Future<Integer> forgetSilentSince(Tx tx, String flagKey, Instant since) {
        return tx.change(FORGET, flagKey, Columns.bind(since));
    }

    /** Oldest first. */
    public Future<List<OutcomeHour>> hours(String flagKey, Instant since) {
        return database.transaction(tx -> tx.all(
                HOURS,
                row -> new OutcomeHour(
                        Columns.instant(row, "hour"),
                        Columns.word(row, "arm", Side.class),
                        new OutcomeReport.Totals(
                                row.getLong("calls"),
                                row.getLong("failures"),
                                row.getLong("slow"),
                                row.getLong("mismatches"))),
                flagKey,
                Columns.bind(since)));
    }

    private static OutcomeReport report(Row row) {
        return new OutcomeReport(
                Columns.text(row, "flag_key"),
                Columns.text(row, "reporter"),
                row.getLong("seq"),
                row.getLong("flag_version"),
                Columns.json(row, "body", Body.class).arms());
    }

    private record Body(Map<Side, OutcomeReport.Arm> arms) {}
}
