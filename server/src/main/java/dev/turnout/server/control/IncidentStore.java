package dev.turnout.server.control;

import dev.turnout.flags.Weight;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Incidents with their evidence, until an operator acknowledges them and for ever after. Thread-safe. */
public final class IncidentStore {
    static final String ROWS = "SELECT id, flag_key, run, at, source, because, weight_before, weight_after,"
            + " evidence, acknowledged_at, acknowledged_by, acknowledged_because FROM incident ";

    static final String OPEN = "INSERT INTO incident (flag_key, run, at, source, because, weight_before, weight_after,"
            + " evidence) VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb)) RETURNING id";
    static final String NEWEST = ROWS + "ORDER BY id DESC LIMIT ?";
    static final String NEWEST_OF = ROWS + "WHERE flag_key = ? ORDER BY id DESC LIMIT ?";
    static final String FIND = ROWS + "WHERE id = ?";
    static final String UNACKNOWLEDGED = ROWS + "WHERE flag_key = ? AND acknowledged_at IS NULL ORDER BY id";
    static final String ACKNOWLEDGE = "UPDATE incident SET acknowledged_at = ?, acknowledged_by = ?,"
            + " acknowledged_because = ? WHERE flag_key = ? AND acknowledged_at IS NULL RETURNING id";

    private final ControlDatabase database;
    private final AuditStore audit;
    private final Clock clock;
    private final NoticeStore notices;

    /** @param clock business time */
    public IncidentStore(ControlDatabase database, AuditStore audit, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
        this.notices = new NoticeStore(database, clock);
    }

    /**
     * Opens an incident, and tells of it.
     *
     * @return its number
     */
    public Future<Long> open(Tx tx, Opening opening) {
        return tx.first(
                        OPEN,
                        row -> row.getLong("id"),
                        opening.flagKey(),
                        opening.run().isPresent() ? opening.run().getAsLong() : null,
                        Columns.bind(clock.instant()),
                        opening.finding().source().name(),
                        opening.finding().because(),
                        opening.before().hundredThousandths(),
                        opening.after().hundredThousandths(),
                        Json.write(opening.evidence()))
                .map(Optional::orElseThrow)
                .compose(id -> notices.put(tx, Notice.of(id, opening)).map(id));
    }

    /** An incident as it begins; see {@link Incident}. */
    public record Opening(
            String flagKey,
            OptionalLong run,
            Incident.Finding finding,
            Weight before,
            Weight after,
            Map<String, Object> evidence) {}

    /**
     * Acknowledges every open incident of the flag.
     *
     * @return how many there were; fails with {@link StateConflict} when others are open than it was decided on
     */
    public Future<Integer> acknowledge(Tx tx, String flagKey, Change change) {
        return unacknowledged(tx, flagKey)
                .map(open -> {
                    change.check("incidents of the flag " + flagKey, tag(open));
                    return open;
                })
                .compose(open -> acknowledged(tx, flagKey, change));
    }

    /** Names the open incidents of a flag: whoever acknowledges should have seen each of them. */
    public static String tag(List<Incident> open) {
        return open.isEmpty() ? "none" : open.get(open.size() - 1).id() + "-" + open.size();
    }

    private Future<Integer> acknowledged(Tx tx, String flagKey, Change change) {
        return tx.all(
                        ACKNOWLEDGE,
                        row -> row.getLong("id"),
                        Columns.bind(clock.instant()),
                        change.actor(),
                        change.reason(),
                        flagKey)
                .compose(ids -> ids.isEmpty()
                        ? Future.succeededFuture(0)
                        : audit.write(
                                        tx,
                                        Deed.of("incident.acknowledge", "flag:" + flagKey)
                                                .to(Map.of("incidents", ids)),
                                        change)
                                .compose(written -> notices.put(tx, acknowledged(flagKey, ids, change)))
                                .map(ids.size()));
    }

    private static Notice acknowledged(String flagKey, List<Long> ids, Change change) {
        return Notice.of(
                        Notice.Kind.ACKNOWLEDGED,
                        flagKey,
                        flagKey + ": incident "
                                + String.join(
                                        ", ", ids.stream().map(String::valueOf).toList()) + " acknowledged by "
                                + change.actor() + ": " + change.reason())
                .with("incidents", ids)
                .with("actor", change.actor())
                .with("reason", change.reason());
    }

    /** Oldest first. */
    public Future<List<Incident>> unacknowledged(Tx tx, String flagKey) {
        return tx.all(UNACKNOWLEDGED, IncidentStore::incident, flagKey);
    }

    /** Oldest first. */
    public Future<List<Incident>> unacknowledged(String flagKey) {
        return database.transaction(tx -> unacknowledged(tx, flagKey));
    }

    public Future<Optional<Incident>> find(long id) {
        return database.transaction(tx -> tx.first(FIND, IncidentStore::incident, id));
    }

    /** Newest first. */
    public Future<List<Incident>> newest(int limit) {
        return database.transaction(tx -> tx.all(NEWEST, IncidentStore::incident, limit));
    }

    /** Newest first. */
    public Future<List<Incident>> newestOf(String flagKey, int limit) {
        return database.transaction(tx -> tx.all(NEWEST_OF, IncidentStore::incident, flagKey, limit));
    }

    static Incident incident(Row row) {
        Long run = row.getLong("run");
        return new Incident(
                row.getLong("id"),
                Columns.text(row, "flag_key"),
                run == null ? OptionalLong.empty() : OptionalLong.of(run),
                Columns.instant(row, "at"),
                new Incident.Finding(Columns.word(row, "source", Incident.Source.class), Columns.text(row, "because")),
                new Weight(row.getInteger("weight_before")),
                new Weight(row.getInteger("weight_after")),
                Json.read(Columns.text(row, "evidence"), Json.OBJECT),
                Columns.optionalInstant(row, "acknowledged_at")
                        .map(at -> new Incident.Acknowledged(
                                at,
                                new Change(
                                        Columns.text(row, "acknowledged_by"),
                                        Columns.text(row, "acknowledged_because")))));
    }
}
