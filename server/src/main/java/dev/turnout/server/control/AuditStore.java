package dev.turnout.server.control;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who changed what, and why. Written in the transaction of the change, never changed afterwards. Thread-safe. */
public final class AuditStore {
    static final String WRITE = "INSERT INTO audit (at, actor, action, subject, before, after, reason)"
            + " VALUES (?, ?, ?, ?, CAST(? AS jsonb), CAST(? AS jsonb), ?)";
    static final String NEWEST = "SELECT id, at, actor, action, subject, before, after, reason FROM audit"
            + " WHERE id < ? ORDER BY id DESC LIMIT ?";
    static final String NEWEST_OF = "SELECT id, at, actor, action, subject, before, after, reason FROM audit"
            + " WHERE subject = ? AND id < ? ORDER BY id DESC LIMIT ?";
    private static final String VERSIONS =
            "SELECT id, at, actor, action, subject, before, after, reason FROM audit WHERE subject = ?"
                    + " AND action IN ('flag.create', 'flag.change')";
    static final String VERSIONS_OF = VERSIONS + " AND id < ? ORDER BY id DESC LIMIT ?";
    static final String VERSION = VERSIONS + " AND after->>'version' = ? ORDER BY id DESC LIMIT 1";

    private final ControlDatabase database;
    private final Clock clock;

    /** @param clock business time */
    public AuditStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    public Future<Void> write(Tx tx, Deed deed, Change change) {
        return tx.change(
                        WRITE,
                        Columns.bind(clock.instant()),
                        change.actor(),
                        deed.action(),
                        deed.subject(),
                        json(deed.before()),
                        json(deed.after()),
                        change.reason())
                .mapEmpty();
    }

    /** Of what was tried and changed nothing. */
    public Future<Void> note(Deed deed, Change change) {
        return database.transaction(tx -> write(tx, deed, change));
    }

    /** @param before only entries with a smaller id; {@link Long#MAX_VALUE} for the newest */
    public Future<List<AuditEntry>> newest(long before, int limit) {
        return database.transaction(tx -> tx.all(NEWEST, AuditStore::entry, before, limit));
    }

    /** @param before only entries with a smaller id; {@link Long#MAX_VALUE} for the newest */
    public Future<List<AuditEntry>> newestOf(String subject, long before, int limit) {
        return database.transaction(tx -> tx.all(NEWEST_OF, AuditStore::entry, subject, before, limit));
    }

    /**
     * What made the versions of a flag, the newest first.
     *
     * @param before only entries with a smaller id; {@link Long#MAX_VALUE} for the newest
     */
    public Future<List<AuditEntry>> versionsOf(String flagKey, long before, int limit) {
        return database.transaction(tx -> tx.all(VERSIONS_OF, AuditStore::entry, "flag:" + flagKey, before, limit));
    }

    public Future<Optional<AuditEntry>> version(String flagKey, long version) {
        return database.transaction(
                tx -> tx.first(VERSION, AuditStore::entry, "flag:" + flagKey, Long.toString(version)));
    }

    private static @Nullable String json(@Nullable Object value) {
        return value == null ? null : Json.write(value);
    }

    static AuditEntry entry(Row row) {
        return new AuditEntry(
                row.getLong("id"),
                Columns.instant(row, "at"),
                Columns.text(row, "action"),
                Columns.text(row, "subject"),
                Columns.optionalText(row, "before"),
                Columns.optionalText(row, "after"),
                new Change(Columns.text(row, "actor"), Columns.text(row, "reason")));
    }
}
