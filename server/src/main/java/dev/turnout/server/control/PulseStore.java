package dev.turnout.server.control;

import io.vertx.core.Future;
import java.util.Optional;

/** Tells cheaply whether anything that operators see has changed. Thread-safe. */
public final class PulseStore {
    /** The numbers of what is only added, the versions of the rest, and what workers say of runs that are not over. */
    static final String PULSE = "SELECT md5(concat_ws('|', (SELECT version FROM flag_set), (SELECT max(id) FROM audit),"
            + " (SELECT max(id) FROM incident), (SELECT max(id) FROM measurement), (SELECT max(id) FROM phase_log),"
            + " (SELECT sum(version) FROM rollout),"
            + " (SELECT concat_ws(',', max(id), sum(done), count(over_at)) FROM verification), (SELECT max(id) FROM batch_log),"
            + " (SELECT concat_ws(',', count(*), sum(took_ms), sum(failures)) FROM schema_log),"
            + " (SELECT string_agg(concat_ws(',', r.id, r.wish, r.progress, r.waiting_for, r.next_action, r.problems,"
            + " r.rejected_total), ';' ORDER BY r.id) FROM run r WHERE " + RunRows.ALIVE + "))) AS pulse";

    private final ControlDatabase database;

    public PulseStore(ControlDatabase database) {
        this.database = database;
    }

    /** Another word whenever something has changed. */
    public Future<String> pulse() {
        return database.transaction(tx -> tx.first(PULSE, row -> Columns.text(row, "pulse")))
                .map(Optional::orElseThrow);
    }
}
