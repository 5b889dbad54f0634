package dev.turnout.server.control;

import dev.turnout.flags.Flag;
import dev.turnout.flags.rollout.Rollout;
import dev.turnout.migration.Phase;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** What is kept, page by page: filtered, in an order that does not change. Thread-safe. */
public final class Listings {
    private static final String REACHED = " AND EXISTS (SELECT FROM unnest(CAST(? AS text[])) b WHERE starts_with(";

    /** By the bytes of the key, whatever the database's collation. */
    static final String FLAGS =
            "SELECT version, definition FROM flag WHERE key COLLATE \"C\" > ?" + REACHED + "key, b))"
                    + " AND starts_with(key, ?)"
                    + " AND definition->>'state' = coalesce(CAST(? AS text), definition->>'state')"
                    + " AND (definition->'about'->>'owner') = coalesce(CAST(? AS text), definition->'about'->>'owner')"
                    + " AND strpos(lower(concat_ws(' ', key, definition->'about'->>'owner', definition->'about'->>'notes')),"
                    + " lower(?)) > 0 ORDER BY key COLLATE \"C\" LIMIT ?";

    static final String RUNS = "SELECT " + RunRows.COLUMNS + " FROM run r WHERE r.id < ?" + REACHED + "r.flag_key, b))"
            + " AND r.flag_key = coalesce(CAST(? AS text), r.flag_key) AND r.phase = coalesce(CAST(? AS text), r.phase)"
            + " ORDER BY r.id DESC LIMIT ?";
    static final String INCIDENTS = IncidentStore.ROWS + "WHERE id < ?" + REACHED + "flag_key, b))"
            + " AND flag_key = coalesce(CAST(? AS text), flag_key)"
            + " AND (acknowledged_at IS NULL) = coalesce(CAST(? AS boolean), acknowledged_at IS NULL)"
            + " ORDER BY id DESC LIMIT ?";
    static final String ROLLOUTS = RolloutStore.ROWS + "WHERE o.run < ?" + REACHED + "o.flag_key, b))"
            + " AND o.state = coalesce(CAST(? AS text), o.state) ORDER BY o.run DESC LIMIT ?";
    private static final String ENTRIES =
            "SELECT id, at, actor, action, subject, before, after, reason FROM audit" + " WHERE id < ?" + REACHED
                    + "subject, b)) AND actor = coalesce(CAST(? AS text), actor)"
                    + " AND action = coalesce(CAST(? AS text), action)";
    static final String AUDIT = ENTRIES + " ORDER BY id DESC LIMIT ?";
    /** Has an index of its own. */
    static final String AUDIT_OF = ENTRIES + " AND subject = ? ORDER BY id DESC LIMIT ?";

    private final ControlDatabase database;

    public Listings(ControlDatabase database) {
        this.database = database;
    }

    /**
     * @param prefix of the key; may be empty
     * @param text somewhere in key, owner or notes, in whatever case; may be empty
     */
    public record OfFlags(Optional<Flag.State> state, Optional<String> owner, String prefix, String text) {}

    public record OfRuns(Optional<String> flag, Optional<Phase> phase) {}

    /** @param open whether nobody has acknowledged it */
    public record OfIncidents(Optional<String> flag, Optional<Boolean> open) {}

    public record OfAudit(Optional<String> subject, Optional<String> actor, Optional<String> action) {}

    /** By key; the cursor is a key. */
    public Future<List<Flag>> flags(Window<String> window, OfFlags filter) {
        return database.transaction(tx -> tx.all(
                FLAGS,
                FlagStore::flag,
                window.cursor(),
                window.beginnings(""),
                filter.prefix(),
                filter.state().map(Enum::name).orElse(null),
                filter.owner().orElse(null),
                filter.text(),
                window.limit()));
    }

    /** Newest first; the cursor is a number. */
    public Future<List<Run>> runs(Window<Long> window, OfRuns filter) {
        return database.transaction(tx -> tx.all(
                RUNS,
                RunRows::run,
                window.cursor(),
                window.beginnings(""),
                filter.flag().orElse(null),
                filter.phase().map(Enum::name).orElse(null),
                window.limit()));
    }

    /** Newest first; the cursor is the number of a run. */
    public Future<List<RolloutRow>> rollouts(Window<Long> window, Optional<Rollout.State> state) {
        return database.transaction(tx -> tx.all(
                ROLLOUTS,
                RolloutStore::read,
                window.cursor(),
                window.beginnings(""),
                state.map(Enum::name).orElse(null),
                window.limit()));
    }

    /** Newest first; the cursor is a number. */
    public Future<List<Incident>> incidents(Window<Long> window, OfIncidents filter) {
        return database.transaction(tx -> tx.all(
                INCIDENTS,
                IncidentStore::incident,
                window.cursor(),
                window.beginnings(""),
                filter.flag().orElse(null),
                filter.open().orElse(null),
                window.limit()));
    }

    /** Newest first; the cursor is a number. */
    public Future<List<AuditEntry>> audit(Window<Long> window, OfAudit filter) {
        String actor = filter.actor().orElse(null);
        String action = filter.action().orElse(null);
        String[] beginnings = window.beginnings("flag:");
        return database.transaction(tx -> filter.subject()
                .map(subject -> tx.all(
                        AUDIT_OF,
                        AuditStore::entry,
                        window.cursor(),
                        beginnings,
                        actor,
                        action,
                        subject,
                        window.limit()))
                .orElseGet(() ->
                        tx.all(AUDIT, AuditStore::entry, window.cursor(), beginnings, actor, action, window.limit())));
    }
}
