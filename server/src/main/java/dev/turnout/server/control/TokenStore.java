package dev.turnout.server.control;

import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Bearer tokens: 256 random bits each, of which only the SHA-256 is kept. Thread-safe. */
public final class TokenStore {
    private static final String ROWS = "SELECT " + TokenRows.COLUMNS + " FROM token ";

    static final String INSERT =
            "INSERT INTO token (name, hash, roles, scopes, requests_per_second, created_at, expires_at)"
                    + " VALUES (?, decode(?, 'hex'), ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    static final String FIND = "SELECT encode(hash, 'hex') AS hash, encode(previous_hash, 'hex') AS previous_hash, "
            + TokenRows.COLUMNS + " FROM token WHERE decode(?, 'hex') IN (hash, previous_hash)";
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

    /** Lets secret scanners and people know what they see. */
    private static final String PREFIX = "turnout_";

    private static final int BYTES = 32;

    /** Real time for which a token that was found is not looked up again: how late a revocation counts at most. */
    private static final Duration REMEMBER = Duration.ofSeconds(5);

    /** For the database's word about a token that was valid just now. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final int MOST_REMEMBERED = 10_000;

    private final ControlDatabase database;
    private final AuditStore audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Outage outage = new Outage(REMEMBER);
    private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

    /** @param clock business time */
    public TokenStore(ControlDatabase database, AuditStore audit, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
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
        String token = draw();
        return tx.change(
                        INSERT,
                        caller.name(),
                        hash(token),
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

    private String draw() {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
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

    /**
     * Who shows the token; empty when it is unknown, expired or revoked. A revocation counts after five seconds at most;
     * on this server at once. While the control database does not answer, what was last known of a token counts: nobody
     * can revoke one then, and flags are to be evaluated all the same.
     */
    public Future<Optional<Caller>> check(String token) {
        if (!token.startsWith(PREFIX) || token.length() > 200) {
            return Future.succeededFuture(Optional.empty());
        }
        String shown = hash(token);
        Remembered known = remembered.get(shown);
        if (known == null) {
            return lookUp(shown);
        }
        if (System.nanoTime() - known.nanos() < REMEMBER.toNanos()) {
            return Future.succeededFuture(valid(known));
        }
        if (outage.goesOn()) {
            if (outage.mayProbe()) {
                lookUp(shown).onSuccess(found -> outage.end());
            }
            return Future.succeededFuture(valid(known));
        }
        return lookUp(shown).timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).recover(failure -> {
            boolean silent = failure instanceof TimeoutException
                    || failure instanceof ControlUnreachable
                    || failure instanceof OutcomeUnknown;
            if (!silent) {
                return Future.failedFuture(failure);
            }
            outage.begin();
            return Future.succeededFuture(valid(known));
        });
    }

    private Future<Optional<Caller>> lookUp(String shown) {
        long asked = System.nanoTime();
        return database.transaction(tx -> tx.first(FIND, row -> row, shown))
                .map(found -> found.flatMap(row -> {
                    boolean now = sameHash(Columns.text(row, "hash"), shown);
                    boolean before =
                            sameHash(Columns.optionalText(row, "previous_hash").orElse(""), shown);
                    return now || before
                            ? valid(remember(shown, new Remembered(TokenRows.entry(row), before, asked)))
                            : Optional.empty();
                }));
    }

    private Optional<Caller> valid(Remembered found) {
        return found.entry().valid(found.previous(), clock.instant())
                ? Optional.of(found.entry().caller())
                : Optional.empty();
    }

    /** Only tokens that exist get here, so guessing fills nothing. */
    private Remembered remember(String hash, Remembered found) {
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(hash, found);
        return found;
    }

    /**
     * @param previous it was shown as it was before its rotation
     * @param nanos {@link System#nanoTime} of the look-up
     */
    private record Remembered(TokenEntry entry, boolean previous, long nanos) {}

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
                .onSuccess(revoked -> remembered.clear());
    }

    /**
     * Gives it another secret; the one that it had until now is taken for a while longer, the one before that no more.
     *
     * @param expected its version; empty: any
     * @param overlap business time for which the old one is taken
     * @return the new one, which is nowhere else from now on; fails as {@link #revoke} does
     */
    public Future<String> rotate(String name, Optional<Long> expected, Duration overlap, Change change) {
        String token = draw();
        Instant until = clock.instant().plus(overlap);
        return database.transaction(tx -> lock(tx, name, expected)
                        .compose(entry -> tx.change(ROTATE, Columns.bind(until), hash(token), name))
                        .compose(rotated -> audit.write(
                                tx,
                                Deed.of("token.rotate", subject(name)).to(Map.of("previousUntil", until.toString())),
                                change)))
                .onSuccess(rotated -> remembered.clear())
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

    /** Takes as long for a near miss as for any other. */
    private static boolean sameHash(String kept, String shown) {
        return MessageDigest.isEqual(
                kept.getBytes(StandardCharsets.US_ASCII), shown.getBytes(StandardCharsets.US_ASCII));
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String subject(String name) {
        return "token:" + name;
    }
}
