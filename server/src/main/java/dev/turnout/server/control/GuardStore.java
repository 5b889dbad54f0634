package dev.turnout.server.control;

import dev.turnout.flags.guard.Watch;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.util.Optional;

/** What the guard of a flag remembers between two looks; whoever has the row's lock looks. Thread-safe. */
public final class GuardStore {
    static final String BEGIN = "INSERT INTO guard (flag_key, state, ticked_at) VALUES (?, CAST(? AS jsonb), ?)"
            + " ON CONFLICT (flag_key) DO NOTHING";
    static final String LOCK_IF_FREE = "SELECT state FROM guard WHERE flag_key = ? FOR UPDATE SKIP LOCKED";
    static final String FIND = "SELECT state FROM guard WHERE flag_key = ?";
    static final String SAVE = "UPDATE guard SET state = CAST(? AS jsonb), ticked_at = ? WHERE flag_key = ?";

    private final ControlDatabase database;
    private final Clock clock;
    private final GuardHistory history;
    private final DecisionStore decisions;

    /** @param clock business time */
    public GuardStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.history = new GuardHistory(database);
        this.decisions = new DecisionStore(database, clock);
    }

    public GuardHistory history() {
        return history;
    }

    public DecisionStore decisions() {
        return decisions;
    }

    /** Takes the memory for the rest of the transaction, a fresh one the first time; empty when somebody else has it. */
    public Future<Optional<Watch>> lockForTick(Tx tx, String flagKey) {
        Watch fresh = Watch.from(clock.instant());
        return tx.change(BEGIN, flagKey, Json.write(fresh), Columns.bind(clock.instant()))
                .compose(begun -> tx.first(LOCK_IF_FREE, GuardStore::watch, flagKey));
    }

    /** Only under the row's lock. */
    public Future<Void> save(Tx tx, String flagKey, Watch watch) {
        return tx.change(SAVE, Json.write(watch), Columns.bind(clock.instant()), flagKey)
                .mapEmpty();
    }

    /** For showing; empty before the first look. */
    public Future<Optional<Watch>> find(String flagKey) {
        return database.transaction(tx -> tx.first(FIND, GuardStore::watch, flagKey));
    }

    private static Watch watch(Row row) {
        return Columns.json(row, "state", Watch.class);
    }
}
