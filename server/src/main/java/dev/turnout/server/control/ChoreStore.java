package dev.turnout.server.control;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.turnout.migration.Chore;
import dev.turnout.worker.monitor.ChoreBoard;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Scheduled SQL and its rounds. It runs from when the new side stands until a rollback takes it away, so for a run that is
 * done as well, until a newer run of the migration has come as far. A chore is given to one worker at a time, and a round
 * under an old claim is passed over. Thread-safe.
 */
public final class ChoreStore implements ChoreBoard {
    private static final String STANDS = "('READY', 'ROLLING_OUT', 'SOAKING', 'CONTRACTING', 'DONE')";

    static final String CLAIM = "UPDATE chore c SET claim = c.claim + 1, claimed_by = ?,"
            + " claimed_until = clock_timestamp() + CAST(? AS bigint) * interval '1 millisecond'"
            + " FROM (SELECT m.id, r.migration, r.database FROM chore m JOIN run r ON r.id = m.run"
            + " WHERE m.due_at <= ? AND (m.claimed_until IS NULL OR m.claimed_by = ? OR m.claimed_until < clock_timestamp())"
            + " AND r.database = ANY (?) AND coalesce(r.paused_from, r.phase) IN " + STANDS
            + " AND NOT EXISTS (SELECT FROM run n WHERE n.migration = r.migration AND n.id > r.id"
            + " AND coalesce(n.paused_from, n.phase) IN " + STANDS + ")"
            + " ORDER BY m.due_at, m.id FOR UPDATE OF m SKIP LOCKED) due"
            + " WHERE c.id = due.id RETURNING c.id, c.claim, c.definition, due.migration, due.database";
    static final String HELD = "SELECT definition FROM chore WHERE id = ? AND claim = ? FOR UPDATE";
    static final String NEXT = "UPDATE chore SET due_at = ?, claimed_by = NULL, claimed_until = NULL WHERE id = ?";
    static final String INSERT = "INSERT INTO chore_round (chore, at, took_ms, failed, because, rows, listed)"
            + " VALUES (?, ?, ?, ?, ?, ?, CAST(? AS jsonb)) RETURNING id";
    static final String FORGET = "DELETE FROM chore_round WHERE chore = ? AND at < ?";
    static final String SCHEDULED = "SELECT m.id, m.definition, m.due_at,"
            + " l.at, l.took_ms, l.failed, l.because, l.rows, l.listed FROM chore m"
            + " LEFT JOIN LATERAL (SELECT * FROM chore_round WHERE chore = m.id ORDER BY at DESC, id DESC LIMIT 1) l ON true"
            + " WHERE m.run = ? ORDER BY m.id";
    static final String NEWEST = "SELECT at, took_ms, failed, because, rows, listed FROM chore_round"
            + " WHERE chore = ? ORDER BY at DESC, id DESC LIMIT ?";

    private static final TypeReference<List<Map<String, String>>> LISTED = new TypeReference<>() {};
    private static final Duration KEEP = Duration.ofDays(30);
    /** Forgetting once in so many rounds keeps its cost out of sight. */
    private static final long FORGET_EVERY = 64;

    private final ControlDatabase database;
    private final Clock clock;

    /** @param clock business time */
    public ChoreStore(ControlDatabase database, Clock clock) {
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
                        Columns.json(row, "definition", Chore.class),
                        row.getLong("claim")),
                worker,
                lease.toMillis(),
                Columns.bind(clock.instant()),
                worker,
                databases.toArray(String[]::new)));
    }

    @Override
    public Future<Void> record(Due due, Round round) {
        return database.transaction(
                tx -> tx.first(HELD, row -> Columns.json(row, "definition", Chore.class), due.choreId(), due.claim())
                        .compose(held -> held.isEmpty()
                                ? Future.succeededFuture()
                                : record(tx, due.choreId(), held.get().interval(), round)));
    }

    private Future<Void> record(Tx tx, long chore, Duration interval, Round round) {
        Instant now = clock.instant();
        return tx.change(NEXT, Columns.bind(now.plus(interval)), chore)
                .compose(next -> tx.first(
                        INSERT,
                        row -> row.getLong("id"),
                        chore,
                        Columns.bind(round.at()),
                        round.took().toMillis(),
                        round.failed(),
                        round.because(),
                        round.rows(),
                        Json.write(round.listed())))
                .compose(id -> id.orElseThrow() % FORGET_EVERY == 0
                        ? tx.change(FORGET, chore, Columns.bind(now.minus(KEEP)))
                        : Future.succeededFuture(0))
                .mapEmpty();
    }

    /** The chores of the run with what they last gave. */
    public Future<List<Scheduled>> scheduled(Tx tx, long run) {
        return tx.all(
                SCHEDULED,
                row -> new Scheduled(
                        row.getLong("id"),
                        Columns.json(row, "definition", Chore.class),
                        Columns.instant(row, "due_at"),
                        Columns.optionalInstant(row, "at").map(at -> round(row))),
                run);
    }

    /** The chores of the run with what they last gave. */
    public Future<List<Scheduled>> scheduled(long run) {
        return database.transaction(tx -> scheduled(tx, run));
    }

    /** Newest first. */
    public Future<List<Round>> newest(long chore, int limit) {
        return database.transaction(tx -> tx.all(NEWEST, ChoreStore::round, chore, limit));
    }

    private static Round round(Row row) {
        return new Round(
                Columns.instant(row, "at"),
                Duration.ofMillis(row.getLong("took_ms")),
                row.getBoolean("failed"),
                Columns.text(row, "because"),
                row.getLong("rows"),
                Json.read(Columns.text(row, "listed"), LISTED));
    }
}
