package dev.turnout.server.control;

import dev.turnout.migration.Phase;
import dev.turnout.worker.backfill.BatchLog;
import dev.turnout.worker.bookkeeping.SchemaLog;
import dev.turnout.worker.run.RunBoard.Log;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What workers tell of their work on the migrated databases: what is done to the schema, and the latest batches. Thread-safe. */
public final class LogStore {
    static final String FORGET_SCHEMA = "DELETE FROM schema_log WHERE run = ?";
    static final String ADD_SCHEMA = "INSERT INTO schema_log (run, nr, database, phase, title, undo, state, failures,"
            + " message, at, took_ms) SELECT ?, l.nr, l.database, l.phase, l.title, l.undo, l.state, l.failures, l.message,"
            + " l.at, l.took_ms FROM jsonb_to_recordset(CAST(? AS jsonb)) AS l (nr int, database text, phase text, title text,"
            + " undo boolean, state text, failures int, message text, at timestamptz, took_ms bigint)";
    static final String ADD_BATCHES = "INSERT INTO batch_log (run, table_name, at, rows, took_ms, aside, worker, lane,"
            + " waited_ms, waited_for) SELECT ?, l.table_name, l.at, l.\"rows\", l.took_ms, l.aside, l.worker, l.lane,"
            + " l.waited_ms, l.waited_for FROM jsonb_to_recordset(CAST(? AS jsonb)) AS l (nr int, table_name text,"
            + " at timestamptz, \"rows\" bigint, took_ms bigint, aside boolean, worker text, lane int, waited_ms bigint,"
            + " waited_for text) ORDER BY l.nr";
    /** Of each table only the newest stay. */
    static final String FORGET_BATCHES = "DELETE FROM batch_log b USING (SELECT id, row_number() OVER (PARTITION BY"
            + " table_name ORDER BY id DESC) AS nth FROM batch_log WHERE run = ?) o WHERE b.id = o.id AND o.nth > "
            + BatchLog.KEPT;

    static final String SCHEMA = "SELECT database, phase, title, undo, state, failures, message, at, took_ms"
            + " FROM schema_log WHERE run = ? ORDER BY nr DESC LIMIT ?";
    static final String BATCHES =
            "SELECT table_name, at, rows, took_ms, aside, worker, lane, waited_ms, waited_for FROM"
                    + " (SELECT b.*, row_number() OVER (PARTITION BY table_name ORDER BY id DESC) AS nth FROM batch_log b"
                    + " WHERE run = ? AND table_name = coalesce(CAST(? AS text), table_name)) o WHERE nth <= ?"
                    + " ORDER BY table_name, id DESC";

    private final ControlDatabase database;

    public LogStore(ControlDatabase database) {
        this.database = database;
    }

    /** The caller has seen to it that whoever tells this drives the run. */
    static Future<Void> write(Tx tx, long run, Log log) {
        Future<Void> schema = log.schema()
                .map(lines -> tx.change(FORGET_SCHEMA, run)
                        .compose(
                                forgotten -> tx.change(ADD_SCHEMA, run, Json.write(numbered(lines, LogStore::columns))))
                        .<Void>mapEmpty())
                .orElse(Future.succeededFuture());
        return log.batches().isEmpty()
                ? schema
                : schema.compose(done ->
                                tx.change(ADD_BATCHES, run, Json.write(numbered(log.batches(), LogStore::columns))))
                        .compose(added -> tx.change(FORGET_BATCHES, run))
                        .mapEmpty();
    }

    private static <L> List<Map<String, Object>> numbered(List<L> lines, Function<L, Map<String, Object>> columns) {
        return IntStream.range(0, lines.size())
                .mapToObj(nr -> {
                    Map<String, Object> numbered = columns.apply(lines.get(nr));
                    numbered.put("nr", nr);
                    return numbered;
                })
                .toList();
    }

    private static Map<String, Object> columns(SchemaLog.Line line) {
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("database", line.database());
        columns.put("phase", line.what().phase());
        columns.put("title", line.what().title());
        columns.put("undo", line.what().undo());
        columns.put("state", line.state());
        columns.put("failures", line.failures());
        columns.put("message", line.message());
        columns.put("at", line.at());
        line.took().ifPresent(took -> columns.put("took_ms", took.toMillis()));
        return columns;
    }

    private static Map<String, Object> columns(BatchLog.Line line) {
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("table_name", line.table());
        columns.put("at", line.at());
        columns.put("rows", line.rows());
        columns.put("took_ms", line.took().toMillis());
        columns.put("aside", line.aside());
        columns.put("worker", line.lane().worker());
        columns.put("lane", line.lane().number());
        columns.put("waited_ms", line.waited().time().toMillis());
        columns.put("waited_for", line.waited().reason());
        return columns;
    }

    /** The newest first. */
    public Future<List<SchemaLog.Line>> schema(long run, int limit) {
        return database.transaction(tx -> tx.all(SCHEMA, LogStore::line, run, limit));
    }

    /**
     * By table, each with the newest first.
     *
     * @param table empty: every one
     * @param limit of each
     */
    public Future<List<BatchLog.Line>> batches(long run, Optional<String> table, int limit) {
        return database.transaction(tx -> tx.all(BATCHES, LogStore::batch, run, table.orElse(null), limit));
    }

    private static SchemaLog.Line line(Row row) {
        return new SchemaLog.Line(
                Columns.text(row, "database"),
                new SchemaLog.What(
                        Columns.word(row, "phase", Phase.class), 0, Columns.text(row, "title"), row.getBoolean("undo")),
                Columns.word(row, "state", SchemaLog.State.class),
                row.getInteger("failures"),
                Columns.text(row, "message"),
                Columns.instant(row, "at"),
                Optional.ofNullable(row.getLong("took_ms")).map(Duration::ofMillis));
    }

    private static BatchLog.Line batch(Row row) {
        return new BatchLog.Line(
                Columns.text(row, "table_name"),
                Columns.instant(row, "at"),
                row.getLong("rows"),
                Duration.ofMillis(row.getLong("took_ms")),
                row.getBoolean("aside"),
                new BatchLog.Lane(Columns.text(row, "worker"), row.getInteger("lane")),
                new BatchLog.Waited(Duration.ofMillis(row.getLong("waited_ms")), Columns.text(row, "waited_for")));
    }
}
