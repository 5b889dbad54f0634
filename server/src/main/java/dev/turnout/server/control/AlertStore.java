package dev.turnout.server.control;

import dev.turnout.server.control.Alert.Outcome;
import dev.turnout.server.control.Alert.Reason;
import dev.turnout.server.control.Alert.Ruling;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Alerts that came in, each with what was done about it: once for a flag, however often it is sent. Thread-safe. */
public final class AlertStore {
    private static final String ROWS = "SELECT id, fingerprint, starts_at, flag_key, firing, source, first_at, last_at,"
            + " times, labels, annotations, rule, outcome, reason, because FROM alert ";

    /** Also locks the row: whoever else brings the same alert waits for the commit. */
    static final String NOTE = "INSERT INTO alert AS a (fingerprint, starts_at, flag_key, firing, source, first_at,"
            + " last_at, labels, annotations) VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb), CAST(? AS jsonb))"
            + " ON CONFLICT (fingerprint, starts_at, flag_key, firing) DO UPDATE SET times = a.times + 1,"
            + " last_at = EXCLUDED.last_at RETURNING a.id, a.outcome, a.reason, a.because";

    static final String SETTLE =
            "UPDATE alert SET rule = ?, outcome = ?, reason = ?, because = ?, acted_at = ? WHERE id = ?";
    static final String EXPOSURE = "SELECT version, definition, increased_at FROM flag WHERE key = ?";
    static final String EXPOSURES = "SELECT version, definition, increased_at FROM flag"
            + " WHERE starts_with(key, ?) AND increased_at >= ? ORDER BY increased_at DESC, key LIMIT ?";
    static final String ACTED =
            "SELECT max(acted_at) AS acted_at FROM alert WHERE rule = ? AND flag_key = ?" + " AND acted_at IS NOT NULL";
    static final String PAGE = ROWS + "WHERE id < ? AND EXISTS (SELECT FROM unnest(CAST(? AS text[])) b"
            + " WHERE starts_with(flag_key, b)) AND flag_key = coalesce(CAST(? AS text), flag_key)"
            + " AND outcome = coalesce(CAST(? AS text), outcome) ORDER BY id DESC LIMIT ?";
    static final String FORGET =
            "DELETE FROM alert WHERE last_at < ? OR (last_at < ? AND outcome = 'IGNORED' AND id <> ?)";

    /** What moved a flag is looked up long after; what moved none is not. */
    private static final Duration KEEP_ACTED = Duration.ofDays(90);

    private static final Duration KEEP_IGNORED = Duration.ofDays(7);
    /** Forgetting once in so many alerts keeps its cost out of sight. */
    private static final long FORGET_EVERY = 64;

    private final ControlDatabase database;
    private final Clock clock;

    /** @param clock business time */
    public AlertStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** @param before what was done about it when it was sent before */
    public record Noted(long id, Optional<Ruling> before) {}

    /**
     * Takes down that the alert came in, for the flag.
     *
     * @param flagKey empty when it names none
     */
    public Future<Noted> note(Tx tx, Alert alert, String flagKey) {
        Instant now = clock.instant();
        return tx.first(
                        NOTE,
                        row -> noted(row),
                        alert.fingerprint(),
                        Columns.bind(alert.startsAt()),
                        flagKey,
                        alert.firing(),
                        alert.source().name(),
                        Columns.bind(now),
                        Columns.bind(now),
                        Json.write(alert.shortened().labels()),
                        Json.write(alert.shortened().annotations()))
                .map(Optional::orElseThrow)
                .compose(noted -> noted.id() % FORGET_EVERY == 0
                        ? tx.change(
                                        FORGET,
                                        Columns.bind(now.minus(KEEP_ACTED)),
                                        Columns.bind(now.minus(KEEP_IGNORED)),
                                        noted.id())
                                .map(noted)
                        : Future.succeededFuture(noted));
    }

    private static Noted noted(Row row) {
        Ruling before = ruling(row);
        return new Noted(
                row.getLong("id"), before.reason() == Reason.UNDECIDED ? Optional.empty() : Optional.of(before));
    }

    /** @param rule that decided; empty: there was none */
    public Future<Void> settle(Tx tx, long id, String rule, Ruling ruling) {
        return tx.change(
                        SETTLE,
                        rule,
                        ruling.outcome().name(),
                        ruling.reason().name(),
                        ruling.because(),
                        Columns.bind(ruling.acted() ? Optional.of(clock.instant()) : Optional.empty()),
                        id)
                .mapEmpty();
    }

    /** Empty when there is no such flag. */
    public Future<Optional<Exposure>> exposure(Tx tx, String flagKey) {
        return tx.first(EXPOSURE, AlertStore::exposure, flagKey);
    }

    /**
     * Flags whose keys begin so, the one increased last first.
     *
     * @param since business time; those that were not increased since are left out
     */
    public Future<List<Exposure>> exposures(Tx tx, String prefix, Instant since, int most) {
        return tx.all(EXPOSURES, AlertStore::exposure, prefix, Columns.bind(since), most);
    }

    private static Exposure exposure(Row row) {
        return new Exposure(FlagStore.flag(row), Columns.optionalInstant(row, "increased_at"));
    }

    /** Business time at which the rule last acted on the flag. */
    public Future<Optional<Instant>> acted(Tx tx, String rule, String flagKey) {
        return tx.first(ACTED, row -> Columns.optionalInstant(row, "acted_at"), rule, flagKey)
                .map(found -> found.flatMap(at -> at));
    }

    /** An alert as it is kept. */
    public record Entry(long id, Alert alert, String flagKey, Sent sent, String rule, Ruling ruling) {}

    /** Business time. */
    public record Sent(Instant firstAt, Instant lastAt, long times) {}

    /** Newest first; the cursor is a number. */
    public Future<List<Entry>> page(Window<Long> window, Optional<String> flagKey, Optional<Outcome> outcome) {
        return database.transaction(tx -> tx.all(
                PAGE,
                AlertStore::entry,
                window.cursor(),
                window.beginnings(""),
                flagKey.orElse(null),
                outcome.map(Enum::name).orElse(null),
                window.limit()));
    }

    private static Entry entry(Row row) {
        return new Entry(
                row.getLong("id"),
                new Alert(
                        Columns.word(row, "source", Alert.Source.class),
                        Columns.text(row, "fingerprint"),
                        row.getBoolean("firing"),
                        Columns.instant(row, "starts_at"),
                        Json.read(Columns.text(row, "labels"), Json.WORDS),
                        Json.read(Columns.text(row, "annotations"), Json.WORDS)),
                Columns.text(row, "flag_key"),
                new Sent(Columns.instant(row, "first_at"), Columns.instant(row, "last_at"), row.getLong("times")),
                Columns.text(row, "rule"),
                ruling(row));
    }

    private static Ruling ruling(Row row) {
        return new Ruling(
                Columns.word(row, "outcome", Outcome.class),
                Columns.word(row, "reason", Reason.class),
                Columns.text(row, "because"));
    }
}
