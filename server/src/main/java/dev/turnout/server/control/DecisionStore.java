package dev.turnout.server.control;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Each decision of a rollout with its evidence. Those that move something are kept for ever. Thread-safe. */
public final class DecisionStore {
    static final String ADD = "INSERT INTO decision (flag_key, run, at, kind, because, evidence)"
            + " VALUES (?, ?, ?, ?, ?, CAST(? AS jsonb))";
    static final String ROWS = "SELECT id, flag_key, run, at, kind, because, evidence FROM decision"
            + " WHERE flag_key = ? AND id < ? AND kind = coalesce(CAST(? AS text), kind) ORDER BY id DESC LIMIT ?";
    static final String FORGET_STAYS = "DELETE FROM decision WHERE flag_key = ? AND kind = 'STAY' AND at < ?";

    private final ControlDatabase database;
    private final Clock clock;

    /** @param clock business time */
    public DecisionStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** @param evidence kept as JSON; records by the names of their components */
    public Future<Void> add(
            Tx tx, String flagKey, OptionalLong run, String kind, String because, Map<String, Object> evidence) {
        return tx.change(
                        ADD,
                        flagKey,
                        run.isPresent() ? run.getAsLong() : null,
                        Columns.bind(clock.instant()),
                        kind,
                        because,
                        Json.write(evidence))
                .mapEmpty();
    }

    /** Newest first; the cursor is a number. */
    public Future<List<Decided>> of(String flagKey, Window<Long> window, Optional<String> kind) {
        return database.transaction(tx ->
                tx.all(ROWS, DecisionStore::decided, flagKey, window.cursor(), kind.orElse(null), window.limit()));
    }

    /** A rollout that waited long ago explains nothing any more. */
    public Future<Void> forgetStaysBefore(Tx tx, String flagKey, Instant then) {
        return tx.change(FORGET_STAYS, flagKey, Columns.bind(then)).mapEmpty();
    }

    /** What evidence holds under a name, as the record that it was; empty when it holds none. */
    public static <T> Optional<T> part(Map<String, Object> evidence, String name, Class<T> type) {
        return Optional.ofNullable(evidence.get(name)).map(value -> Json.read(Json.write(value), type));
    }

    private static Decided decided(Row row) {
        Long run = row.getLong("run");
        return new Decided(
                row.getLong("id"),
                Columns.text(row, "flag_key"),
                run == null ? OptionalLong.empty() : OptionalLong.of(run),
                Columns.instant(row, "at"),
                Columns.text(row, "kind"),
                Columns.text(row, "because"),
                Json.read(Columns.text(row, "evidence"), Json.OBJECT));
    }
}
