package dev.turnout.server.control;

import com.fasterxml.jackson.core.type.TypeReference;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Notices, and their deliveries. A notice is made in the transaction of what it tells, with a delivery to each target
 * that servers are set to; each is claimed by one server at a time. Thread-safe.
 */
public final class NoticeStore {
    static final String PUT = "WITH made AS (INSERT INTO notice (at, kind, flag_key, text, details, once)"
            + " VALUES (?, ?, ?, ?, CAST(? AS jsonb), ?) ON CONFLICT (once) DO NOTHING RETURNING id),"
            + " sent AS (INSERT INTO delivery (notice, target) SELECT made.id, t.name FROM made CROSS JOIN notice_target t"
            + " WHERE t.seen_at > clock_timestamp() - interval '1 day') SELECT id FROM made";
    static final String TARGET = "INSERT INTO notice_target (name) VALUES (?)"
            + " ON CONFLICT (name) DO UPDATE SET seen_at = clock_timestamp()";
    static final String CLAIM = "UPDATE delivery c SET attempts = c.attempts + 1, claimed_by = ?,"
            + " free_at = clock_timestamp() + CAST(? AS bigint) * interval '1 millisecond'"
            + " FROM (SELECT d.notice, d.target, n.at, n.kind, n.flag_key, n.text, n.details, n.made_at"
            + " FROM delivery d JOIN notice n ON n.id = d.notice"
            + " WHERE d.state = 'WAITING' AND d.target = ANY (?) AND d.free_at <= clock_timestamp()"
            + " ORDER BY d.free_at, d.notice LIMIT ? FOR UPDATE OF d SKIP LOCKED) due"
            + " WHERE c.notice = due.notice AND c.target = due.target RETURNING c.notice, c.target, c.attempts,"
            + " due.at, due.kind, due.flag_key, due.text, due.details";
    static final String FINISH = "UPDATE delivery SET state = ?, because = ?, claimed_by = NULL,"
            + " finished_at = clock_timestamp() WHERE notice = ? AND target = ? AND attempts = ? AND state = 'WAITING'";
    static final String POSTPONE = "UPDATE delivery SET because = ?, claimed_by = NULL,"
            + " free_at = clock_timestamp() + CAST(? AS bigint) * interval '1 millisecond'"
            + " WHERE notice = ? AND target = ? AND attempts = ? AND state = 'WAITING'";
    static final String WAITING = "SELECT count(*) AS waiting FROM delivery WHERE state = 'WAITING'";
    static final String PAGE = "SELECT n.id, n.at, n.kind, n.flag_key, n.text, n.details, coalesce((SELECT"
            + " jsonb_agg(jsonb_build_object('target', d.target, 'state', d.state, 'attempts', d.attempts,"
            + " 'because', d.because) ORDER BY d.target) FROM delivery d WHERE d.notice = n.id), '[]') AS deliveries"
            + " FROM notice n WHERE n.id < ? AND EXISTS (SELECT FROM unnest(CAST(? AS text[])) b"
            + " WHERE starts_with(n.flag_key, b)) AND n.flag_key = coalesce(CAST(? AS text), n.flag_key)"
            + " ORDER BY n.id DESC LIMIT ?";
    static final String FORGET = "DELETE FROM notice WHERE made_at < clock_timestamp() - interval '30 days'";

    /** Forgetting once in so many notices keeps its cost out of sight. */
    private static final long FORGET_EVERY = 64;

    private static final TypeReference<List<Delivery>> DELIVERIES = new TypeReference<>() {};

    private final ControlDatabase database;
    private final Clock clock;

    /** @param clock business time */
    public NoticeStore(ControlDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Makes the notice, in the transaction of what it tells. */
    public Future<Void> put(Tx tx, Notice notice) {
        return tx.first(
                        PUT,
                        row -> row.getLong("id"),
                        Columns.bind(clock.instant()),
                        notice.kind().name(),
                        notice.flagKey(),
                        notice.text(),
                        Json.write(notice.details()),
                        notice.once().orElse(null))
                .compose(made -> made.filter(id -> id % FORGET_EVERY == 0).isPresent()
                        ? tx.change(FORGET).mapEmpty()
                        : Future.succeededFuture());
    }

    /** A server is set to send there; to be said again within a day. */
    public Future<Void> serve(String target) {
        return database.transaction(tx -> tx.change(TARGET, target).mapEmpty());
    }

    /** A notice as it was made. */
    public record Made(long id, Instant at, Notice notice) {}

    /** @param attempt from 1 */
    public record Due(Made made, String target, int attempt) {}

    /** @param because of the last attempt that came to nothing; empty when there was none */
    public record Delivery(String target, String state, int attempts, String because) {}

    public record Entry(Made made, List<Delivery> deliveries) {}

    /**
     * Takes deliveries that are due, for as long as the lease lasts (real time); the longest waiting first.
     *
     * @param server for people
     */
    public Future<List<Due>> claim(String server, List<String> targets, Duration lease, int most) {
        return database.transaction(tx -> tx.all(
                CLAIM,
                row -> new Due(made(row, "notice"), Columns.text(row, "target"), row.getInteger("attempts")),
                server,
                lease.toMillis(),
                targets.toArray(String[]::new),
                most));
    }

    public Future<Void> delivered(Due due) {
        return finish(due, "DELIVERED", "");
    }

    public Future<Void> giveUp(Due due, String because) {
        return finish(due, "GIVEN_UP", because);
    }

    private Future<Void> finish(Due due, String state, String because) {
        return database.transaction(
                tx -> tx.change(FINISH, state, because, due.made().id(), due.target(), due.attempt())
                        .mapEmpty());
    }

    /** @param pause real time */
    public Future<Void> postpone(Due due, Duration pause, String because) {
        return database.transaction(
                tx -> tx.change(POSTPONE, because, pause.toMillis(), due.made().id(), due.target(), due.attempt())
                        .mapEmpty());
    }

    /** Deliveries that are still to be made. */
    public Future<Long> waiting() {
        return database.transaction(
                tx -> tx.first(WAITING, row -> row.getLong("waiting")).map(Optional::orElseThrow));
    }

    /** Newest first; the cursor is a number. */
    public Future<List<Entry>> page(Window<Long> window, Optional<String> flagKey) {
        return database.transaction(tx -> tx.all(
                PAGE,
                row -> new Entry(made(row, "id"), Json.read(Columns.text(row, "deliveries"), DELIVERIES)),
                window.cursor(),
                window.beginnings(""),
                flagKey.orElse(null),
                window.limit()));
    }

    private static Made made(Row row, String id) {
        Map<String, Object> details = Json.read(Columns.text(row, "details"), Json.OBJECT);
        return new Made(
                row.getLong(id),
                Columns.instant(row, "at"),
                new Notice(
                        Columns.word(row, "kind", Notice.Kind.class),
                        Columns.text(row, "flag_key"),
                        Columns.text(row, "text"),
                        details,
                        Optional.empty()));
    }
}
