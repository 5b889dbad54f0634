package dev.turnout.server.control;

import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Where flags are kept. Every change takes the flag set's one row first: versions are dense, ordered as commits are, and
 * two changes never pass each other. Thread-safe.
 */
public final class FlagStore {
    static final String VERSION = "SELECT version FROM flag_set";
    static final String LOAD = "SELECT s.version AS set_version, f.version, f.definition"
            + " FROM flag_set s LEFT JOIN flag f ON true ORDER BY f.key";
    static final String FIND = "SELECT version, definition FROM flag WHERE key = ?";
    static final String LOCK = "SELECT version FROM flag_set FOR UPDATE";
    static final String NEXT_VERSION =
            "UPDATE flag_set SET version = version + 1," + " changed_at = clock_timestamp() RETURNING version";
    static final String SINCE =
            "SELECT (extract(epoch FROM clock_timestamp() - changed_at) * 1000000)::bigint AS micros"
                    + " FROM flag_set WHERE version = ?";
    static final String INSERT = "INSERT INTO flag (key, version, definition, changed_at, changed_by, increased_at)"
            + " VALUES (?, ?, CAST(? AS jsonb), ?, ?, ?)";
    static final String UPDATE = "UPDATE flag SET version = ?, definition = CAST(? AS jsonb), changed_at = ?,"
            + " changed_by = ?, increased_at = coalesce(?, increased_at) WHERE key = ?";
    static final String NOTIFY = "SELECT pg_notify('" + News.CHANNEL + "', CAST(CAST(? AS bigint) AS text))";

    private final ControlDatabase database;
    private final AuditStore audit;
    private final Clock clock;
    private final Requirements requirements = new Requirements();

    /** @param clock business time */
    public FlagStore(ControlDatabase database, AuditStore audit, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    /** All flags and the version of the set, as of one instant. */
    public Future<FlagSet> load() {
        return database.transaction(this::load);
    }

    public Future<FlagSet> load(Tx tx) {
        return tx.rows(LOAD).map(rows -> {
            long version = rows.iterator().next().getLong("set_version");
            List<Flag> flags = rows.stream()
                    .filter(row -> row.getString("definition") != null)
                    .map(FlagStore::flag)
                    .toList();
            return FlagSet.of(version, flags);
        });
    }

    /**
     * Real time since the change that made this version, both by the clock of the database; empty when there is a newer one.
     */
    public Future<Optional<Duration>> sinceChange(long version) {
        return database.transaction(
                tx -> tx.first(SINCE, row -> Duration.of(row.getLong("micros"), ChronoUnit.MICROS), version));
    }

    /** The version of the flag set; much cheaper than {@link #load()}. */
    public Future<Long> version() {
        return database.transaction(
                tx -> tx.first(VERSION, row -> row.getLong("version")).map(Optional::orElseThrow));
    }

    public Future<Optional<Flag>> find(String key) {
        return database.transaction(tx -> find(tx, key));
    }

    public Future<Optional<Flag>> find(Tx tx, String key) {
        return tx.first(FIND, FlagStore::flag, key);
    }

    /** @return the stored flag with its version; fails with {@link VersionConflict} when there is one already */
    public Future<Flag> create(Flag flag, Change change) {
        return database.transaction(tx -> create(tx, flag, change));
    }

    public Future<Flag> create(Tx tx, Flag flag, Change change) {
        return lock(tx).compose(locked -> find(tx, flag.key()))
                .compose(present -> present.isPresent()
                        ? Future.failedFuture(new VersionConflict(
                                "flag " + flag.key(), 0, present.get().version()))
                        : requirements
                                .check(tx, flag)
                                .compose(sound -> nextVersion(tx))
                                .map(flag::withVersion)
                                .compose(next -> tx.change(
                                                INSERT,
                                                next.key(),
                                                next.version(),
                                                Json.write(next),
                                                Columns.bind(clock.instant()),
                                                change.actor(),
                                                increased(Flag.create(next.key()), next))
                                        .compose(inserted -> audit.write(
                                                tx,
                                                Deed.of("flag.create", subject(next))
                                                        .to(next),
                                                change))
                                        .compose(audited -> announce(tx, next))));
    }

    /**
     * Stores the flag if the stored one is still at the expected version.
     *
     * @return the stored flag with its version; fails with {@link VersionConflict} or {@link Unknown}
     */
    public Future<Flag> replace(Flag flag, long expectedVersion, Change change) {
        return database.transaction(tx -> update(
                tx,
                flag.key(),
                present -> {
                    if (present.version() != expectedVersion) {
                        throw new VersionConflict("flag " + flag.key(), expectedVersion, present.version());
                    }
                    return flag;
                },
                change));
    }

    /**
     * Changes the flag within a transaction; a change that changes nothing writes nothing.
     *
     * @param how must keep the key; what it throws fails the future
     * @return the flag as it is stored now; fails with {@link Unknown}
     */
    public Future<Flag> update(Tx tx, String key, UnaryOperator<Flag> how, Change change) {
        return lock(tx).compose(locked -> find(tx, key))
                .map(present -> present.orElseThrow(() -> new Unknown("flag", key)))
                .compose(before -> {
                    Flag after = how.apply(before).withVersion(before.version());
                    if (!after.key().equals(key)) {
                        throw new IllegalArgumentException("a flag keeps its key " + key + ", not " + after.key());
                    }
                    return after.equals(before)
                            ? Future.succeededFuture(before)
                            : requirements
                                    .check(tx, before, after)
                                    .compose(sound -> nextVersion(tx))
                                    .compose(next -> store(tx, before, after.withVersion(next), change));
                });
    }

    private Future<Flag> store(Tx tx, Flag before, Flag after, Change change) {
        return tx.change(
                        UPDATE,
                        after.version(),
                        Json.write(after),
                        Columns.bind(clock.instant()),
                        change.actor(),
                        increased(before, after),
                        after.key())
                .compose(updated -> audit.write(
                        tx, Deed.of("flag.change", subject(after)).from(before).to(after), change))
                .compose(audited -> announce(tx, after));
    }

    /** Null when it sends no more units to the new side. */
    private @Nullable OffsetDateTime increased(Flag before, Flag after) {
        return Exposure.grows(before, after) ? Columns.bind(clock.instant()) : null;
    }

    /**
     * Takes the flag set for the rest of the transaction.
     *
     * @param expected the version that the caller was told
     * @param read the version that it has just read
     * @return fails with {@link VersionConflict} unless the set is at both
     */
    public Future<Void> expect(Tx tx, long expected, long read) {
        return tx.first(LOCK, row -> row.getLong("version"))
                .map(Optional::orElseThrow)
                .compose(now -> now == expected && now == read
                        ? Future.succeededFuture()
                        : Future.failedFuture(new VersionConflict("flag set", Math.min(expected, read), now)));
    }

    /** Waits for whoever changes a flag now; from here to the commit nobody else does. */
    public Future<Void> lock(Tx tx) {
        return tx.rows(LOCK).mapEmpty();
    }

    private static Future<Long> nextVersion(Tx tx) {
        return tx.first(NEXT_VERSION, row -> row.getLong("version")).map(Optional::orElseThrow);
    }

    /** PostgreSQL delivers it when the transaction commits, and only then. */
    private static Future<Flag> announce(Tx tx, Flag flag) {
        return tx.rows(NOTIFY, flag.version()).map(flag);
    }

    private static String subject(Flag flag) {
        return "flag:" + flag.key();
    }

    static Flag flag(Row row) {
        return Columns.json(row, "definition", Flag.class)
                .withVersion(Objects.requireNonNull(row.getLong("version"), "version"));
    }
}
