package dev.turnout.server.control;

import com.fasterxml.jackson.core.type.TypeReference;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Map;
import java.util.Optional;

/**
 * Requests that are to be done once, by who sent them and by the key that they gave. A request that was begun and never
 * finished, because its server died, may be begun again after a minute. Thread-safe.
 */
public final class RequestStore {
    private static final String OVER = " < clock_timestamp() - interval '24 hours'";

    static final String BEGIN = "INSERT INTO idempotent_request AS r (actor, key, request)"
            + " VALUES (?, ?, decode(?, 'hex')) ON CONFLICT (actor, key) DO UPDATE SET request = EXCLUDED.request,"
            + " begun_at = clock_timestamp(), status = NULL, headers = '{}', body = NULL"
            + " WHERE r.begun_at" + OVER + " OR (r.status IS NULL AND r.request = EXCLUDED.request"
            + " AND r.begun_at < clock_timestamp() - interval '1 minute') RETURNING r.key";
    static final String FIND = "SELECT encode(request, 'hex') AS request, status, headers, body"
            + " FROM idempotent_request WHERE actor = ? AND key = ?";
    static final String FINISH = "UPDATE idempotent_request SET status = ?, headers = CAST(? AS jsonb), body = ?"
            + " WHERE actor = ? AND key = ? AND status IS NULL";
    static final String RELEASE = "DELETE FROM idempotent_request WHERE actor = ? AND key = ? AND status IS NULL";
    /** A few with each new one: they never pile up, and nobody waits for it. */
    static final String FORGET = "DELETE FROM idempotent_request WHERE (actor, key) IN"
            + " (SELECT actor, key FROM idempotent_request WHERE begun_at" + OVER
            + " ORDER BY begun_at LIMIT 10 FOR UPDATE SKIP LOCKED)";

    private static final TypeReference<Map<String, String>> HEADERS = Json.WORDS;

    private final ControlDatabase database;

    public RequestStore(ControlDatabase database) {
        this.database = database;
    }

    /**
     * A request with its key.
     *
     * @param hash SHA-256, in hexadecimal digits, of what makes it the same request
     */
    public record Sent(String actor, String key, String hash) {}

    /** @param body empty when it was a secret */
    public record Done(int status, Map<String, String> headers, Optional<String> body) {}

    /** What is known of a request. */
    public sealed interface State {
        /** It is the sender's to do, and to finish or release. */
        record Begun() implements State {}

        /** Somebody does it now. */
        record UnderWay() implements State {}

        record Finished(Done done) implements State {}
    }

    /** Fails with {@link KeyReused} when another request has the key. */
    public Future<State> begin(Sent sent) {
        return database.transaction(tx -> tx.change(FORGET)
                .compose(forgotten -> tx.first(BEGIN, row -> row, sent.actor(), sent.key(), sent.hash()))
                .compose(begun -> begun.isPresent()
                        ? Future.succeededFuture(new State.Begun())
                        : tx.first(FIND, row -> state(row, sent), sent.actor(), sent.key())
                                // It was released between the two statements.
                                .map(found -> found.orElseGet(State.UnderWay::new))));
    }

    private static State state(Row row, Sent sent) {
        if (!Columns.text(row, "request").equals(sent.hash())) {
            throw KeyReused.byRequest(sent.key());
        }
        Integer status = row.getInteger("status");
        return status == null
                ? new State.UnderWay()
                : new State.Finished(new Done(
                        status, Json.read(Columns.text(row, "headers"), HEADERS), Columns.optionalText(row, "body")));
    }

    public Future<Void> finish(Sent sent, Done done) {
        return database.transaction(tx -> tx.change(
                        FINISH,
                        done.status(),
                        Json.write(done.headers()),
                        done.body().orElse(null),
                        sent.actor(),
                        sent.key())
                .mapEmpty());
    }

    /** It was refused, or failed: to send it again is to try again. */
    public Future<Void> release(Sent sent) {
        return database.transaction(
                tx -> tx.change(RELEASE, sent.actor(), sent.key()).mapEmpty());
    }
}
