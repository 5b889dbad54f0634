package dev.turnout.server.control;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Bearer tokens: 256 random bits each, of which only the SHA-256 is kept. Thread-safe. */
public final class TokenStore {
    private static final String ROWS =
            "SELECT encode(hash, 'hex') AS hash, name, roles, created_at, expires_at," + " revoked_at FROM token ";

    static final String INSERT = "INSERT INTO token (name, hash, roles, created_at, expires_at)"
            + " VALUES (?, decode(?, 'hex'), ?, ?, ?) ON CONFLICT DO NOTHING";
    static final String FIND = ROWS + "WHERE hash = decode(?, 'hex')";
    static final String LIST = ROWS + "ORDER BY name";
    static final String REVOKE = "UPDATE token SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL";
    /** Two servers that start at once must not both believe they are the first. */
    static final String LOCK = "LOCK TABLE token IN SHARE ROW EXCLUSIVE MODE";

    static final String ANY_ADMIN = "SELECT name FROM token WHERE revoked_at IS NULL AND 'ADMIN' = ANY (roles) LIMIT 1";

    /** Lets secret scanners and people know what they see. */
    private static final String PREFIX = "turnout_";

    private static final int BYTES = 32;

    /** Real time for which a token that was found is not looked up again: how late a revocation counts at most. */
    private static final Duration REMEMBER = Duration.ofSeconds(5);

    private static final int MOST_REMEMBERED = 10_000;

    private final ControlDatabase database;
    private final AuditStore audit;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
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
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        String token = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
        return tx.change(
                        INSERT,
                        caller.name(),
                        hash(token),
                        caller.roles().stream().map(Role::name).sorted().toArray(String[]::new),
                        Columns.bind(clock.instant()),
                        expiresAt.equals(Instant.MAX) ? null : Columns.bind(expiresAt))
                .compose(inserted -> inserted == 0
                        ? Future.failedFuture(new Refused("there is a token named " + caller.name() + " already"))
                        : audit.write(
                                tx,
                                Deed.of("token.issue", subject(caller.name())).to(Map.of("roles", caller.roles())),
                                change))
                .map(token);
    }

    /** Makes the token {@code admin} unless there is an administrator already; then empty. */
    public Future<Optional<String>> firstAdmin() {
        return database.transaction(tx -> tx.rows(LOCK)
                .compose(locked -> tx.first(ANY_ADMIN, row -> Columns.text(row, "name")))
                .compose(admin -> admin.isPresent()
                        ? Future.succeededFuture(Optional.empty())
                        : issue(
                                        tx,
                                        new Caller(nameOfAdmin(), Set.of(Role.ADMIN)),
                                        Instant.MAX,
                                        new Change("server", "first start"))
                                .map(Optional::of)));
    }

    /** Unique, because an earlier administrator's token may have been revoked. */
    private String nameOfAdmin() {
        return "admin-" + clock.instant().getEpochSecond();
    }

    /**
     * Who shows the token; empty when it is unknown, expired or revoked. A revocation counts after five seconds at most;
     * on this server at once.
     */
    public Future<Optional<Caller>> check(String token) {
        if (!token.startsWith(PREFIX) || token.length() > 200) {
            return Future.succeededFuture(Optional.empty());
        }
        String shown = hash(token);
        Remembered known = remembered.get(shown);
        if (known != null && System.nanoTime() - known.nanos() < REMEMBER.toNanos()) {
            return Future.succeededFuture(valid(known.entry()));
        }
        long asked = System.nanoTime();
        return database.transaction(tx -> tx.first(FIND, row -> row, shown))
                .map(found -> found.filter(row -> sameHash(Columns.text(row, "hash"), shown))
                        .map(TokenStore::entry)
                        .map(entry -> remember(shown, new Remembered(entry, asked)))
                        .flatMap(this::valid));
    }

    private Optional<Caller> valid(TokenEntry entry) {
        return entry.valid(clock.instant()) ? Optional.of(entry.caller()) : Optional.empty();
    }

    /** Only tokens that exist get here, so guessing fills nothing. */
    private TokenEntry remember(String hash, Remembered found) {
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(hash, found);
        return found.entry();
    }

    /** @param nanos {@link System#nanoTime} of the look-up */
    private record Remembered(TokenEntry entry, long nanos) {}

    /** By name. */
    public Future<List<TokenEntry>> list() {
        return database.transaction(tx -> tx.all(LIST, TokenStore::entry));
    }

    /** Fails with {@link Unknown} when there is no such valid token. */
    public Future<Void> revoke(String name, Change change) {
        return database.transaction(tx -> tx.change(REVOKE, Columns.bind(clock.instant()), name)
                        .compose(revoked -> revoked == 0
                                ? Future.failedFuture(new Unknown("token", name))
                                : audit.write(tx, Deed.of("token.revoke", subject(name)), change)))
                .onSuccess(revoked -> remembered.clear());
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

    private static TokenEntry entry(Row row) {
        Set<Role> roles = Arrays.stream(row.getArrayOfStrings("roles"))
                .map(Role::valueOf)
                .collect(Collectors.toUnmodifiableSet());
        return new TokenEntry(
                new Caller(Columns.text(row, "name"), roles),
                Columns.instant(row, "created_at"),
                Columns.optionalInstant(row, "expires_at"),
                Columns.optionalInstant(row, "revoked_at"));
    }
}
