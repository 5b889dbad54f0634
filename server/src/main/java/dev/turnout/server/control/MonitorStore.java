package dev.turnout.server.control;

import dev.turnout.flags.rollout.Plan;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Monitor;
import dev.turnout.worker.monitor.MonitorBoard;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Monitors and their measurements. A monitor is measured while both sides of its data stand and the flag may move; it is
 * given to one worker at a time, and a measurement under an old claim is passed over. Thread-safe.
 */
public final class MonitorStore implements MonitorBoard {
    private static final String PACE = "o.plan, o.state, o.step, o.entered_at";

    static final String CLAIM = "UPDATE monitor c SET claim = c.claim + 1, claimed_by = ?,"
            + " claimed_until = clock_timestamp() + CAST(? AS bigint) * interval '1 millisecond'"
            + " FROM (SELECT m.id, r.migration, r.database FROM monitor m JOIN run r ON r.id = m.run"
            + " WHERE m.due_at <= ? AND (m.claimed_until IS NULL OR m.claimed_by = ? OR m.claimed_until < clock_timestamp())"
            + " AND r.database = ANY (?)"
            + " AND coalesce(r.paused_from, r.phase) IN ('READY', 'ROLLING_OUT', 'SOAKING')"
            + " ORDER BY m.due_at, m.id FOR UPDATE OF m SKIP LOCKED) due"
            + " WHERE c.id = due.id RETURNING c.id, c.claim, c.definition, due.migration, due.database";
    static final String RATE = "SELECT " + PACE + ", m.definition, m.failures, m.errors FROM monitor m"
            + " JOIN rollout o ON o.run = m.run WHERE m.id = ? AND m.claim = ? FOR UPDATE OF m";
    static final String NEXT = "UPDATE monitor SET due_at = ?, claimed_by = NULL, claimed_until = NULL, failures = ?,"
            + " errors = ? WHERE id = ?";
    static final String INSERT = "INSERT INTO measurement (monitor, at, took_ms, verdict, because, readings)"
            + " VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb)) RETURNING id";
    /** Of a success older than a day one per hour is enough; what went wrong is kept. */
    static final String THIN = "DELETE FROM measurement d WHERE d.monitor = ? AND d.at < ? AND d.verdict = 'SUCCESS'"
            + " AND EXISTS (SELECT FROM measurement k WHERE k.monitor = d.monitor AND k.verdict = 'SUCCESS'"
            + " AND k.id > d.id AND date_trunc('hour', k.at) = date_trunc('hour', d.at))";

    static final String WATCHED = "SELECT m.id, m.definition, m.due_at, m.failures, m.errors, " + PACE
            + ", l.at, l.took_ms, l.verdict, l.because, l.readings"
            + " FROM monitor m JOIN rollout o ON o.run = m.run"
            + " LEFT JOIN LATERAL (SELECT at, took_ms, verdict, because, readings FROM measurement"
            + " WHERE monitor = m.id ORDER BY at DESC, id DESC LIMIT 1) l ON true"
            + " WHERE m.run = ? ORDER BY m.id";
    static final String NEWEST = "SELECT at, took_ms, verdict, because, readings FROM measurement"
            + " WHERE monitor = ? ORDER BY at DESC, id DESC LIMIT ?";

    private static final Duration KEEP_ALL = Duration.ofDays(1);
    /** Thinning once in so many measurements keeps its cost out of sight. */
    private static final long THIN_EVERY = 64;

    private final ControlDatabase database;
    private final Clock clock;

    /** @param clock business time */
    public MonitorStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    @Override
    public Future<List<Due>> claimDue(String worker, List<String> databases, Duration lease) {
        return database.transaction(tx -> tx.all(
                CLAIM,
                row -> new Due(
                        row.getLong("id"),
                        Columns.text(row, "migration"),
                        Columns.text(row, "database"),
                        Columns.json(row, "definition", Monitor.class),
                        row.getLong("claim")),
                worker,
                lease.toMillis(),
                Columns.bind(clock.instant()),
                worker,
                databases.toArray(String[]::new)));
    }

    @Override
    public Future<Void> record(Due due, Measurement measurement) {
        return database.transaction(tx -> tx.first(RATE, row -> row, due.monitorId(), due.claim())
                .compose(current -> current.isEmpty()
                        ? Future.succeededFuture()
                        : record(tx, due.monitorId(), current.get(), measurement)));
    }

    private Future<Void> record(Tx tx, long monitor, Row current, Measurement measurement) {
        Instant now = clock.instant();
        Duration interval = pace(current).interval(Columns.json(current, "definition", Monitor.class), now);
        return tx.change(
                        NEXT,
                        Columns.bind(now.plus(interval)),
                        failures(current.getInteger("failures"), measurement.verdict()),
                        measurement.verdict() == Verdict.ERROR ? current.getInteger("errors") + 1 : 0,
                        monitor)
                .compose(next -> tx.first(
                        INSERT,
                        row -> row.getLong("id"),
                        monitor,
                        Columns.bind(measurement.at()),
                        measurement.took().toMillis(),
                        measurement.verdict().name(),
                        measurement.because(),
                        Json.write(measurement.values())))
                .compose(id -> id.orElseThrow() % THIN_EVERY == 0
                        ? tx.change(THIN, monitor, Columns.bind(now.minus(KEEP_ALL)))
                        : Future.succeededFuture(0))
                .mapEmpty();
    }

    /** What says neither good nor bad leaves the row of failures as it is. */
    private static int failures(int before, Verdict verdict) {
        return switch (verdict) {
            case FAILURE -> before + 1;
            case SUCCESS -> 0;
            case INCONCLUSIVE, ERROR -> before;
        };
    }

    /** Makes every monitor of the run due: what was measured before a step says nothing of it. */
    public Future<Void> dueNow(Tx tx, long run) {
        return tx.change(RunClaims.MONITORS_DUE, Columns.bind(clock.instant()), run, Columns.bind(clock.instant()))
                .mapEmpty();
    }

    /** The monitors of the run with what they last said. */
    public Future<List<Watched>> watched(Tx tx, long run) {
        return tx.all(WATCHED, this::watched, run);
    }

    /** The monitors of the run with what they last said. */
    public Future<List<Watched>> watched(long run) {
        return database.transaction(tx -> watched(tx, run));
    }

    /** Newest first. */
    public Future<List<Measurement>> newest(long monitor, int limit) {
        return database.transaction(tx -> tx.all(NEWEST, MonitorStore::measurement, monitor, limit));
    }

    private Watched watched(Row row) {
        Monitor monitor = Columns.json(row, "definition", Monitor.class);
        return new Watched(
                row.getLong("id"),
                monitor,
                Columns.instant(row, "due_at"),
                pace(row).interval(monitor, clock.instant()),
                row.getInteger("failures"),
                row.getInteger("errors"),
                row.getString("verdict") == null ? Optional.empty() : Optional.of(measurement(row)));
    }

    private static MonitorPace pace(Row row) {
        return new MonitorPace(
                Columns.json(row, "plan", Plan.class),
                Columns.word(row, "state", Rollout.State.class),
                row.getInteger("step"),
                Columns.instant(row, "entered_at"));
    }

    private static Measurement measurement(Row row) {
        Map<String, String> values = new LinkedHashMap<>();
        Json.read(Columns.text(row, "readings"), Json.OBJECT)
                .forEach((name, value) -> values.put(name, String.valueOf(value)));
        return new Measurement(
                Columns.instant(row, "at"),
                Duration.ofMillis(row.getLong("took_ms")),
                Columns.word(row, "verdict", Verdict.class),
                Columns.text(row, "because"),
                values);
    }
}
