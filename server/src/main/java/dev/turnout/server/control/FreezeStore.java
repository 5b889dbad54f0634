package dev.turnout.server.control;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Freezes: while one stands, no rollout that it is about takes a step. Thread-safe. */
public final class FreezeStore {
    static final String ALL = "SELECT flag_key, at, actor, reason FROM frozen ORDER BY at";
    static final String FREEZE = "INSERT INTO frozen (flag_key, at, actor, reason) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (coalesce(flag_key, '')) DO NOTHING";
    static final String THAW = "DELETE FROM frozen WHERE coalesce(flag_key, '') = ?";

    private final ControlDatabase database;
    private final AuditStore audit;
    private final Clock clock;

    /** @param clock business time */
    public FreezeStore(ControlDatabase database, AuditStore audit, Clock clock) {
        this.database = database;
        this.audit = audit;
        this.clock = clock;
    }

    /** @param flagKey empty: every flag */
    public record Freeze(Optional<String> flagKey, Instant at, Change change) {}

    /** The oldest first. */
    public Future<List<Freeze>> all() {
        return database.transaction(tx -> tx.all(
                ALL,
                row -> new Freeze(
                        Columns.optionalText(row, "flag_key"),
                        Columns.instant(row, "at"),
                        new Change(Columns.text(row, "actor"), Columns.text(row, "reason")))));
    }

    /**
     * Stops the steps of one flag, or of every flag.
     *
     * @param change with a reason
     * @return fails with {@link Refused} without a reason or when they are stopped already, with {@link Unknown} when
     *     there is no such flag
     */
    public Future<Void> freeze(Optional<String> flagKey, Change change) {
        if (change.reason().isBlank()) {
            return Future.failedFuture(new Refused("a freeze needs a reason: what is it for, and until when"));
        }
        @Nullable String key = flagKey.orElse(null);
        return database.transaction(tx -> known(tx, flagKey)
                .compose(
                        known -> tx.change(FREEZE, key, Columns.bind(clock.instant()), change.actor(), change.reason()))
                .compose(made -> made == 0
                        ? Future.failedFuture(new Refused(words(flagKey) + " frozen already"))
                        : audit.write(tx, Deed.of("freeze", subject(flagKey)), change)));
    }

    /** Lets them go on; fails with {@link Refused} when they are not stopped. */
    public Future<Void> thaw(Optional<String> flagKey, Change change) {
        return database.transaction(tx -> tx.change(THAW, flagKey.orElse(""))
                .compose(gone -> gone == 0
                        ? Future.failedFuture(new Refused(words(flagKey) + " not frozen"))
                        : audit.write(tx, Deed.of("thaw", subject(flagKey)), change)));
    }

    private static Future<Void> known(Tx tx, Optional<String> flagKey) {
        return flagKey.isEmpty()
                ? Future.succeededFuture()
                : tx.first(FlagStore.FIND, row -> row, flagKey.get())
                        .compose(found -> found.isPresent()
                                ? Future.succeededFuture()
                                : Future.failedFuture(new Unknown("flag", flagKey.get())));
    }

    private static String words(Optional<String> flagKey) {
        return flagKey.map(key -> "the flag " + key + " is").orElse("every flag is");
    }

    private static String subject(Optional<String> flagKey) {
        return flagKey.map(key -> "flag:" + key).orElse("flags");
    }
}
