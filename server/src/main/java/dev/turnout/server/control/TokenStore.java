package dev.turnout.server.control;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Bearer tokens: 256 random bits each, of which only the SHA-256 is kept. Thread-safe. */
public final class TokenStore {
    private static final String ROWS = "SELECT " + TokenRows.COLUMNS + " FROM token ";

    static final String INSERT =
            "INSERT INTO token (name, hash, roles, scopes, requests_per_second, created_at, expires_at)"
                    + " VALUES (?, decode(?, 'hex'), ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    static final String PAGE = ROWS + "WHERE name > ? ORDER BY name LIMIT ?";
    static final String LOCK_ONE = ROWS + "WHERE name = ? AND revoked_at IS NULL FOR UPDATE";
    static final String READ = ROWS + "WHERE name = ?";
    static final String REVOKE = "UPDATE token SET revoked_at = ?, version = version + 1 WHERE name = ?";
    static final String ROTATE = "UPDATE token SET previous_hash = hash, previous_until = ?, hash = decode(?, 'hex'),"
            + " version = version + 1 WHERE name = ?";
    /** Two servers that start at once must not both believe they are the first. */
    static final String LOCK = "LOCK TABLE token IN SHARE ROW EXCLUSIVE MODE";

    static final String ANY_ADMIN = "SELECT name FROM token WHERE revoked_at IS NULL AND 'ADMIN' = ANY (roles)"
            + " AND (expires_at IS NULL OR expires_at > ?) AND name <> ? LIMIT 1";

    private final ControlDatabase database;
    private final AuditStore audit;
    private final Clock clock;
    private final TokenSecret secrets = new TokenSecret();
    private final TokenCheck check;

    /** @param clock business time */
    public TokenStore(ControlDatabase database, AuditStore audit, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
        this.check = new TokenCheck(database, clock);
    }

    /**
     * Makes a token.
     *
     * @param expiresAt business time; {@link Instant#MAX} for never
     * @return the token, which is nowhere else from now on; fails with {@link Refused} when the name is taken
     */
    public Future<String> issue(Caller caller, Instant expiresAt, Change change) {
        return database.transaction(tx -> issue(tx, caller, expiresAt, change));
    }

    private Future<String> issue(Tx tx, Caller caller, Instant expiresAt, Change change) {
        String token = secrets.draw();
        return tx.change(
                        INSERT,
                        caller.name(),
                        TokenSecret.hash(token),
                        caller.roles().stream().map(Role::name).sorted().toArray(String[]::new),
                        caller.scopes().stream().sorted().toArray(String[]::new),
                        caller.requestsPerSecond().isPresent()
                                ? caller.requestsPerSecond().getAsInt()
                                : null,
                        Columns.bind(clock.instant()),
                        expiresAt.equals(Instant.MAX) ? null : Columns.bind(expiresAt))
                .compose(inserted -> inserted == 0
                        ? Future.failedFuture(new Refused("there is a token named " + caller.name() + " already"))
                        : audit.write(
                                tx,
                                Deed.of("token.issue", subject(caller.name())).to(shown(caller, expiresAt)),
                                change))
                .map(token);
    }

    private static Map<String, Object> shown(Caller caller, Instant expiresAt) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("roles", caller.roles().stream().sorted().toList());
        shown.put("scopes", caller.scopes().stream().sorted().toList());
        caller.requestsPerSecond().ifPresent(limit -> shown.put("requestsPerSecond", limit));
        if (!expiresAt.equals(Instant.MAX)) {
            shown.put("expiresAt", expiresAt.toString());
        }
        return shown;
    }

    /** Makes the token {@code admin} unless there is an administrator already; then empty. */
    public Future<Optional<String>> firstAdmin() {
        return database.transaction(tx -> tx.rows(LOCK)
                .compose(locked -> anyAdminBut(tx, ""))
                .compose(admin -> admin
                        ? Future.succeededFuture(Optional.empty())
                        : issue(
                                        tx,
                                        new Caller(nameOfAdmin(), Set.of(Role.ADMIN)),
                                        Instant.MAX,
                                        new Change("server", "first start"))
                                .map(Optional::of)));
    }

    private Future<Boolean> anyAdminBut(Tx tx, String name) {
        return tx.first(ANY_ADMIN, row -> Columns.text(row, "name"), Columns.bind(clock.instant()), name)
                .map(Optional::isPresent);
    }

    /** Unique, because an earlier administrator's token may have been revoked. */
    private String nameOfAdmin() {
        return "admin-" + clock.instant().getEpochSecond();
    }

    /** Who shows the token; empty when it is unknown, expired or revoked. See {@link TokenCheck}. */
    public Future<Optional<Caller>> check(String token) {
        return check.check(token);
    }

    /**
     * By name.
     *
     * @param after only names behind this one; empty for the first
     */
    public Future<List<TokenEntry>> list(String after, int limit) {
        return database.transaction(tx -> tx.all(PAGE, TokenRows::entry, after, limit));
    }

    /** Also of a token that was revoked. */
    public Future<Optional<TokenEntry>> find(String name) {
        return database.transaction(tx -> tx.first(READ, TokenRows::entry, name));
    }

    /**
     * @param expected its version; empty: any
     * @return fails with {@link Unknown} when there is no such valid token, {@link VersionConflict}, or {@link Refused} when
     *     nobody would be left to make another
     */
    public Future<Void> revoke(String name, Optional<Long> expected, Change change) {
        return database.transaction(tx -> lock(tx, name, expected)
                        .compose(entry ->
                                entry.caller().may(Role.ADMIN) ? anyAdminBut(tx, name) : Future.succeededFuture(true))
                        .compose(admin -> admin
                                ? tx.change(REVOKE, Columns.bind(clock.instant()), name)
                                : Future.failedFuture(new Refused("the token " + name
                                        + " is the last administrator's: make another before this one is revoked")))
                        .compose(revoked -> audit.write(tx, Deed.of("token.revoke", subject(name)), change)))
                .onSuccess(revoked -> check.forget());
    }

    /**
     * Gives it another secret; the one that it had until now is taken for a while longer, the one before that no more.
     *
     * @param expected its version; empty: any
     * @param overlap business time for which the old one is taken
     * @return the new one, which is nowhere else from now on; fails as {@link #revoke} does
     */
    public Future<String> rotate(String name, Optional<Long> expected, Duration overlap, Change change) {
        String token = secrets.draw();
        Instant until = clock.instant().plus(overlap);
        return database.transaction(tx -> lock(tx, name, expected)
                        .compose(entry -> tx.change(ROTATE, Columns.bind(until), TokenSecret.hash(token), name))
                        .compose(rotated -> audit.write(
                                tx,
                                Deed.of("token.rotate", subject(name)).to(Map.of("previousUntil", until.toString())),
                                change)))
                .onSuccess(rotated -> check.forget())
                .map(token);
    }

    private Future<TokenEntry> lock(Tx tx, String name, Optional<Long> expected) {
        return tx.first(LOCK_ONE, TokenRows::entry, name).map(found -> {
            TokenEntry entry = found.orElseThrow(() -> new Unknown("token", name));
            if (expected.isPresent() && expected.get() != entry.version()) {
                throw new VersionConflict("token " + name, expected.get(), entry.version());
            }
            return entry;
        });
    }

    private static String subject(String name) {
        return "token:" + name;
    }
}
