package dev.turnout.server.control;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Phase;
import dev.turnout.worker.write.Outcome;
import dev.turnout.worker.write.Outcome.Verdict;
import dev.turnout.worker.write.Write;
import dev.turnout.worker.write.WriteBoard;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The outbox: writes that applications left, each accepted once, and done in the order of their acceptance where they are
 * of one row. Thread-safe.
 */
public final class WriteStore implements WriteBoard {
    private static final String SEEN =
            "w.idempotency_key, w.accepted_at, w.accepted_from, w.state, w.sqlstate, w.because," + " w.claim";
    private static final String HASH = "hashtextextended(?, 0)";

    /** Held until the commit, so that the ids of one row's writes are in the order in which they can be seen. */
    static final String LOCK_ROW = "SELECT CAST(pg_advisory_xact_lock(" + HASH + ") AS text)";

    static final String FIND = "SELECT " + SEEN + " FROM outbox w WHERE w.migration = ? AND w.idempotency_key = ?";
    static final String FIND_SAME = "SELECT " + SEEN + ", w.request = CAST(? AS jsonb) AS same"
            + " FROM outbox w WHERE w.migration = ? AND w.idempotency_key = ?";
    static final String ACCEPT =
            "INSERT INTO outbox AS w (migration, idempotency_key, run, row_hash, request, accepted_at,"
                    + " accepted_from) SELECT r.migration, ?, r.id, " + HASH + ", CAST(? AS jsonb), ?, ? FROM run r"
                    + " WHERE r.id = ? ON CONFLICT (migration, idempotency_key) DO NOTHING RETURNING " + SEEN;
    static final String CLAIM = "UPDATE outbox c SET claim = c.claim + 1, claimed_by = ?,"
            + " free_at = clock_timestamp() + CAST(? AS bigint) * interval '1 millisecond'"
            + " FROM (SELECT w.id, r.database, coalesce(r.paused_from, r.phase) AS phase"
            + " FROM outbox w JOIN run r ON r.id = w.run"
            + " WHERE w.state = 'WAITING' AND w.free_at <= clock_timestamp() AND r.database = ANY (?)"
            + " AND NOT EXISTS (SELECT FROM outbox e"
            + " WHERE e.state = 'WAITING' AND e.row_hash = w.row_hash AND e.id < w.id)"
            + " ORDER BY w.id LIMIT ? FOR UPDATE OF w SKIP LOCKED) due"
            + " WHERE c.id = due.id"
            + " RETURNING c.id, c.run, due.database, due.phase, c.idempotency_key, c.request, c.claim";
    static final String FINISH = "UPDATE outbox SET state = ?, sqlstate = ?, because = ?, claimed_by = NULL,"
            + " finished_at = clock_timestamp() WHERE id = ? AND claim = ? AND state = 'WAITING'";
    static final String POSTPONE = "UPDATE outbox SET because = ?, claimed_by = NULL,"
            + " free_at = clock_timestamp() + CAST(? AS bigint) * interval '1 millisecond'"
            + " WHERE id = ? AND claim = ? AND state = 'WAITING'";
    static final String FINISHED = "SELECT w.id, w.run, r.database, w.idempotency_key FROM outbox w"
            + " JOIN run r ON r.id = w.run WHERE w.state <> 'WAITING' AND r.database = ANY (?)"
            + " AND w.finished_at < clock_timestamp() - CAST(? AS bigint) * interval '1 millisecond'"
            + " ORDER BY w.finished_at LIMIT ?";
    static final String FORGET = "DELETE FROM outbox WHERE id = ANY (?) AND state <> 'WAITING'";

    private final ControlDatabase database;
    private final Clock clock;

    /** @param clock business time */
    public WriteStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    public Future<Optional<StoredWrite>> find(String migration, String key) {
        return database.transaction(tx -> tx.first(FIND, WriteStore::stored, migration, key));
    }

    /**
     * The write that was accepted under this key before; empty when there is none.
     *
     * @return fails with {@link KeyReused} when it is another write
     */
    public Future<Optional<StoredWrite>> find(String migration, String key, Write write) {
        return database.transaction(tx -> findSame(tx, migration, key, write));
    }

    /**
     * Puts the write into the outbox, or finds it there.
     *
     * @return fails with {@link KeyReused} when the key belongs to another write
     */
    public Future<StoredWrite> accept(Run run, String key, Write write, Caller from) {
        String row = Json.write(List.of(run.migration(), write.move(), write.key()));
        return database.transaction(tx -> tx.rows(LOCK_ROW, row)
                .compose(locked -> tx.first(
                        ACCEPT,
                        WriteStore::stored,
                        key,
                        row,
                        Json.write(write),
                        Columns.bind(clock.instant()),
                        from.name(),
                        run.id()))
                .compose(made ->
                        made.isPresent() ? Future.succeededFuture(made) : findSame(tx, run.migration(), key, write))
                .map(Optional::orElseThrow));
    }

    private static Future<Optional<StoredWrite>> findSame(Tx tx, String migration, String key, Write write) {
        return tx.first(
                FIND_SAME,
                row -> {
                    if (!row.getBoolean("same")) {
                        throw new KeyReused(key);
                    }
                    return stored(row);
                },
                Json.write(write),
                migration,
                key);
    }

    @Override
    public Future<List<Claimed>> claim(String worker, List<String> databases, Duration lease, int most) {
        return database.transaction(tx -> tx.all(
                CLAIM,
                row -> new Claimed(
                        row.getLong("id"),
                        row.getLong("run"),
                        Columns.text(row, "database"),
                        Columns.word(row, "phase", Phase.class),
                        Columns.text(row, "idempotency_key"),
                        Columns.json(row, "request", Write.class),
                        row.getLong("claim")),
                worker,
                lease.toMillis(),
                databases.toArray(String[]::new),
                most));
    }

    @Override
    public Future<Bundle> bundle(long run) {
        return database.transaction(
                        tx -> tx.first(RunStore.BUNDLE, row -> Columns.json(row, "bundle", Bundle.class), run))
                .map(found -> found.orElseThrow(() -> new Unknown("run", Long.toString(run))));
    }

    @Override
    public Future<Void> finish(Claimed claimed, Outcome outcome) {
        return database.transaction(tx -> tx.change(
                        FINISH,
                        outcome.verdict().name(),
                        outcome.sqlState(),
                        outcome.because(),
                        claimed.id(),
                        claimed.claim()))
                .mapEmpty();
    }

    @Override
    public Future<Void> postpone(Claimed claimed, Duration pause, String because) {
        return database.transaction(tx -> tx.change(POSTPONE, because, pause.toMillis(), claimed.id(), claimed.claim()))
                .mapEmpty();
    }

    @Override
    public Future<List<Finished>> finished(List<String> databases, Duration age, int most) {
        return database.transaction(tx -> tx.all(
                FINISHED,
                row -> new Finished(
                        row.getLong("id"),
                        row.getLong("run"),
                        Columns.text(row, "database"),
                        Columns.text(row, "idempotency_key")),
                databases.toArray(String[]::new),
                age.toMillis(),
                most));
    }

    @Override
    public Future<Void> forget(List<Finished> finished) {
        return finished.isEmpty()
                ? Future.succeededFuture()
                : database.transaction(tx -> tx.change(FORGET, (Object)
                                finished.stream().map(Finished::id).toArray(Long[]::new)))
                        .mapEmpty();
    }

    private static StoredWrite stored(Row row) {
        String state = Columns.text(row, "state");
        String because = Columns.text(row, "because");
        boolean waits = state.equals("WAITING");
        return new StoredWrite(
                Columns.text(row, "idempotency_key"),
                Columns.instant(row, "accepted_at"),
                Columns.text(row, "accepted_from"),
                row.getLong("claim"),
                waits ? because : "",
                waits
                        ? Optional.empty()
                        : Optional.of(new Outcome(Verdict.valueOf(state), Columns.text(row, "sqlstate"), because)));
    }
}
