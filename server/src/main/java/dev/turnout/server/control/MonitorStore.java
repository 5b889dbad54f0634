package dev.turnout.server.control;

import dev.turnout.flags.guard.Comparison;
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
import java.util.stream.Stream;

/**
 * Monitors and their measurements. A monitor is measured while both sides of its data stand and the flag may move; it is
 * given to one worker at a time, and a measurement under an old claim is passed over. Thread-safe.
 */
public final class MonitorStore implements MonitorBoard {
    private static final String PACE = "o.plan, o.state, o.step, o.entered_at";
    private static final String TALLY =
            "m.failures, m.errors, m.inconclusives, m.successes, m.succeeded_at," + " m.step_entered_at, m.comparison";

    static final String CLAIM = "UPDATE monitor c SET claim = c.claim + 1, claimed_by = ?,"
            + " claimed_until = clock_timestamp() + CAST(? AS bigint) * interval '1 millisecond'"
            + " FROM (SELECT m.id, r.migration, o.entered_at FROM monitor m JOIN run r ON r.id = m.run"
            + " JOIN rollout o ON o.run = m.run"
            + " WHERE m.due_at <= ? AND (m.claimed_until IS NULL OR m.claimed_by = ? OR m.claimed_until < clock_timestamp())"
            + " AND m.definition #>> '{query,source}' = ANY (?)"
            + " AND coalesce(r.paused_from, r.phase) IN ('READY', 'ROLLING_OUT', 'SOAKING')"
            // So many of 30 s at most, two at a time, are over before a lease of three minutes is.
            + " ORDER BY m.due_at, m.id LIMIT 8 FOR UPDATE OF m SKIP LOCKED) due"
            + " WHERE c.id = due.id"
            + " RETURNING c.id, c.claim, c.definition, c.counted_until, due.migration, due.entered_at";
    static final String RATE = "SELECT " + PACE + ", m.definition, " + TALLY + " FROM monitor m"
            + " JOIN rollout o ON o.run = m.run WHERE m.id = ? AND m.claim = ? FOR UPDATE OF m";
    static final String NEXT = "UPDATE monitor SET due_at = ?, claimed_by = NULL, claimed_until = NULL, failures = ?,"
            + " errors = ?, inconclusives = ?, successes = ?, succeeded_at = ?, step_entered_at = ?,"
            + " counted_until = coalesce(CAST(? AS timestamptz), counted_until), comparison = CAST(? AS jsonb)"
            + " WHERE id = ?";
    static final String INSERT = "INSERT INTO measurement (monitor, at, took_ms, verdict, because, readings)"
            + " VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb)) RETURNING id";
    /** Of what is older than a day one of each verdict but FAILURE per hour is enough; after a month, one per day. */
    static final String THIN = "DELETE FROM measurement WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
            + " (PARTITION BY verdict, date_trunc(CASE WHEN at < ? THEN 'day' ELSE 'hour' END, at) ORDER BY id DESC) AS nth"
            + " FROM measurement WHERE monitor = ? AND at < ? AND verdict <> 'FAILURE') old WHERE nth > 1)";

    static final String WATCHED = "SELECT m.id, m.definition, m.due_at, " + TALLY + ", " + PACE
            + ", l.at, l.took_ms, l.verdict, l.because, l.readings"
            + " FROM monitor m JOIN rollout o ON o.run = m.run"
            + " LEFT JOIN LATERAL (SELECT at, took_ms, verdict, because, readings FROM measurement"
            + " WHERE monitor = m.id ORDER BY at DESC, id DESC LIMIT 1) l ON true"
            + " WHERE m.run = ? ORDER BY m.id";
    static final String NEWEST = "SELECT at, took_ms, verdict, because, readings FROM measurement"
            + " WHERE monitor = ? ORDER BY at DESC, id DESC LIMIT ?";
    /** Whatever measures now has to be measured again. */
    static final String STEP_ENTERED = "UPDATE monitor SET due_at = CAST(? AS timestamptz)"
            + " + CAST(definition #>> '{schedule,initialDelay}' AS interval) WHERE run = ?";

    static final String ASK = "UPDATE monitor m SET due_at = least(m.due_at, ?) FROM run r"
            + " WHERE r.id = m.run AND m.run = ? AND m.name = ? RETURNING coalesce(r.paused_from, r.phase)"
            + " IN ('READY', 'ROLLING_OUT', 'SOAKING') AS measured";

    private static final Duration KEEP_ALL = Duration.ofDays(1);
    private static final Duration KEEP_HOURS = Duration.ofDays(30);
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
    public Future<List<Due>> claimDue(String worker, List<String> sources, Duration lease) {
        Instant now = clock.instant();
        return database.transaction(tx -> tx.all(
                CLAIM,
                row -> due(row, now),
                worker,
                lease.toMillis(),
                Columns.bind(now),
                worker,
                sources.toArray(String[]::new)));
    }

    /** What is compared begins with the step, and where the last count has ended. */
    private static Due due(Row row, Instant now) {
        Monitor monitor = Columns.json(row, "definition", Monitor.class);
        Instant since = now.minus(monitor.schedule().window());
        if (monitor.rule().arms()) {
            Instant entered = Columns.instant(row, "entered_at");
            Instant counted = Columns.optionalInstant(row, "counted_until").orElse(Instant.EPOCH);
            since = Stream.of(since, entered, counted).max(Instant::compareTo).orElseThrow();
        }
        return new Due(row.getLong("id"), Columns.text(row, "migration"), monitor, since, row.getLong("claim"));
    }

    @Override
    public Future<Void> record(Due due, Measurement measurement) {
        return database.transaction(tx -> tx.first(RATE, row -> row, due.monitorId(), due.claim())
                .compose(current -> current.isEmpty()
                        ? Future.succeededFuture()
                        : record(tx, due.monitorId(), current.get(), measurement)));
    }

    private Future<Void> record(Tx tx, long id, Row current, Measurement measured) {
        Instant now = clock.instant();
        Monitor monitor = Columns.json(current, "definition", Monitor.class);
        Instant entered = Columns.instant(current, "entered_at");
        boolean sameStep = Columns.optionalInstant(current, "step_entered_at").equals(Optional.of(entered));
        Tally before = sameStep ? tally(current) : Tally.NONE;
        // It began on the step before: kept, but it says nothing of this one.
        Tally.Weighed weighed =
                measured.at().isBefore(entered) ? new Tally.Weighed(before, measured) : before.after(monitor, measured);
        Tally tally = weighed.tally();
        Measurement kept = weighed.measurement();
        Instant earliest = entered.plus(monitor.schedule().initialDelay());
        Instant next = now.plus(pace(current).interval(monitor, now, tally.errors()));
        return tx.change(
                        NEXT,
                        Columns.bind(next.isBefore(earliest) ? earliest : next),
                        tally.failures(),
                        tally.errors(),
                        tally.inconclusives(),
                        tally.successes(),
                        Columns.bind(tally.succeededAt()),
                        Columns.bind(entered),
                        Columns.bind(measured.arms().map(arms -> measured.at())),
                        Json.write(tally.comparison()),
                        id)
                .compose(changed -> tx.first(
                        INSERT,
                        row -> row.getLong("id"),
                        id,
                        Columns.bind(kept.at()),
                        kept.took().toMillis(),
                        kept.verdict().name(),
                        kept.because(),
                        Json.write(kept.values())))
                .compose(inserted -> inserted.orElseThrow() % THIN_EVERY == 0
                        ? tx.change(THIN, Columns.bind(now.minus(KEEP_HOURS)), id, Columns.bind(now.minus(KEEP_ALL)))
                        : Future.succeededFuture(0))
                .mapEmpty();
    }

    private static Tally tally(Row row) {
        return new Tally(
                row.getInteger("failures"),
                row.getInteger("errors"),
                row.getInteger("inconclusives"),
                row.getInteger("successes"),
                Columns.optionalInstant(row, "succeeded_at"),
                Columns.optionalText(row, "comparison")
                        .map(json -> Json.read(json, Comparison.class))
                        .orElse(Comparison.NONE));
    }

    /** Makes every monitor of the run due, once its delay is over: what was measured before a step says nothing of it. */
    public Future<Void> dueNow(Tx tx, long run) {
        return tx.change(STEP_ENTERED, Columns.bind(clock.instant()), run).mapEmpty();
    }

    /**
     * Makes one monitor due at once.
     *
     * @param run whose it is
     * @return fails with {@link Unknown}, or with {@link Refused} while nothing of the run is measured
     */
    public Future<Void> ask(long run, String name, String subject, Change change, AuditStore audit) {
        return database.transaction(tx -> tx.first(
                        ASK, row -> row.getBoolean("measured"), Columns.bind(clock.instant()), run, name)
                .map(asked -> asked.orElseThrow(() -> new Unknown("monitor", name)))
                .compose(measured -> measured
                        ? audit.write(tx, Deed.of("monitor.run", subject).to(Map.of("monitor", name)), change)
                        : Future.failedFuture(new Refused("the monitor '" + name
                                + "' is measured from when the data is ready until the contract, not now"))));
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
                pace(row).interval(monitor, clock.instant(), row.getInteger("errors")),
                Columns.optionalInstant(row, "step_entered_at").equals(Columns.optionalInstant(row, "entered_at"))
                        ? tally(row)
                        : Tally.NONE,
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
