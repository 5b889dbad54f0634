package dev.turnout.server.control;

import dev.turnout.migration.Side;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.RejectedRow;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How operators steer a run that goes on: its tuning, and the rows it has put aside. Thread-safe. */
public final class OperatingStore {
    static final String TUNE = "UPDATE run SET tuning = CAST(? AS jsonb) WHERE id = ?";
    static final String RETRY = "UPDATE run SET retries_wanted = retries_wanted + 1 WHERE id = ?";
    static final String REJECTED = "SELECT side, id, table_name, key, phase, sqlstate, message, at FROM rejected_row"
            + " WHERE run = ? AND 2 * id + CASE side WHEN 'NEW' THEN 1 ELSE 0 END > ? ORDER BY id, side DESC LIMIT ?";

    private final ControlDatabase database;
    private final RunStore runs;

    public OperatingStore(ControlDatabase database, RunStore runs) {
        this.database = database;
        this.runs = runs;
    }

    /**
     * @param changes name to its new word; empty: left to the engine again. Checked by the caller: {@link Tuning#read}
     * @return the run; fails with {@link Unknown}, or {@link Refused} when the run is over
     */
    public Future<Run> tune(String migration, Map<String, Optional<String>> changes, Change change) {
        Map<String, String> told = new LinkedHashMap<>();
        changes.forEach((name, word) -> told.put(name, word.orElse("")));
        return runs.changing(migration, change, "run.tune", Map.copyOf(told), (tx, run) -> {
            Map<String, String> words = run.operating().tuning().words();
            changes.forEach(
                    (name, word) -> word.ifPresentOrElse(text -> words.put(name, text), () -> words.remove(name)));
            return tx.change(TUNE, Json.write(words), run.id()).mapEmpty();
        });
    }

    /**
     * Wants the rows that are put aside to be tried again; whichever worker drives the run does it.
     *
     * @return the run; fails with {@link Unknown}, or {@link Refused} when the run is over
     */
    public Future<Run> retry(String migration, Change change) {
        return runs.changing(migration, change, "run.retry-rejected", Map.of(), (tx, run) -> tx.change(RETRY, run.id())
                .mapEmpty());
    }

    /** Where the list goes on behind a row: each side numbers its rows by itself. */
    public static long position(RejectedRow row) {
        return 2 * row.id() + (row.side() == Side.NEW ? 1 : 0);
    }

    /**
     * In the order in which they were put aside; what the worker showed last, which may not be all.
     *
     * @param after the {@link #position} behind which to begin; 0: the first one
     */
    public Future<List<RejectedRow>> rejected(long run, long after, int limit) {
        return database.transaction(tx -> tx.all(
                REJECTED,
                row -> new RejectedRow(
                        Columns.word(row, "side", Side.class),
                        row.getLong("id"),
                        Columns.text(row, "table_name"),
                        Columns.text(row, "key"),
                        Columns.text(row, "phase"),
                        Columns.text(row, "sqlstate"),
                        Columns.text(row, "message"),
                        Columns.instant(row, "at")),
                run,
                after,
                limit));
    }
}
