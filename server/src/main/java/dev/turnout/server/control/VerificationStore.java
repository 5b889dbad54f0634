package dev.turnout.server.control;

import dev.turnout.migration.Phase;
import dev.turnout.worker.run.RunBoard.Wish;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** What operators want verified anew; whichever worker drives the run does it, and {@link RunClaims} has what it tells. Thread-safe. */
public final class VerificationStore {
    private static final String ROWS =
            "SELECT id, table_name, asked_at, asked_by, reason, chunks, done, differences, over_at, unmet"
                    + " FROM verification WHERE run = ?";

    /** That has it in it: what is wanted twice is done once. */
    static final String OPEN = "SELECT id FROM verification WHERE run = ? AND table_name IN ('', ?)"
            + " AND over_at IS NULL ORDER BY id LIMIT 1";

    static final String ASK = "INSERT INTO verification (run, table_name, asked_at, asked_by, reason)"
            + " VALUES (?, ?, ?, ?, ?) RETURNING id";
    /** Whatever a worker tells of it later changes nothing: {@link RunClaims#MET} asks for what is open. */
    static final String CANCEL =
            "UPDATE verification SET over_at = ?, unmet = ? WHERE run = ? AND id = ? AND over_at IS NULL";

    static final String ONE = ROWS + " AND id = ?";
    static final String NEWEST = ROWS + " ORDER BY id DESC LIMIT ?";

    /** In which there are two sides, and chunks to compare them by. */
    private static final Set<Phase> VERIFIED =
            EnumSet.of(Phase.VERIFYING, Phase.READY, Phase.ROLLING_OUT, Phase.SOAKING);

    private final ControlDatabase database;
    private final RunStore runs;
    private final Clock clock;

    /** @param clock business time */
    public VerificationStore(ControlDatabase database, RunStore runs, Clock clock) {
        this.database = database;
        this.runs = runs;
        this.clock = clock;
    }

    /** @param verification what was asked for now, or what is under way and has it in it; or what was ended */
    public record Answered(Run run, Verification verification) {}

    /**
     * Wants rows verified anew. While the run is paused or has failed it waits until that goes on.
     *
     * @param table or transfer of the run, checked by the caller; empty: every one
     * @return fails with {@link Unknown}, or {@link Refused} when the run is over, or not where both sides are compared
     */
    public Future<Answered> ask(String migration, Optional<String> table, Change change) {
        AtomicLong id = new AtomicLong();
        return runs.changing(migration, change, "run.verify", Map.of("table", table.orElse("")), (tx, run) -> {
                    check(run);
                    return tx.first(OPEN, row -> row.getLong("id"), run.id(), table.orElse(""))
                            .compose(open -> open.isPresent()
                                    ? Future.succeededFuture(open)
                                    : tx.first(
                                            ASK,
                                            row -> row.getLong("id"),
                                            run.id(),
                                            table.orElse(""),
                                            Columns.bind(clock.instant()),
                                            change.actor(),
                                            change.reason()))
                            .onSuccess(one -> id.set(one.orElseThrow()))
                            .mapEmpty();
                })
                .compose(run -> answered(run, id.get()));
    }

    /**
     * Ends what is not over yet, for everybody who wanted it. What was verified for it keeps its age; a worker that is in the
     * middle of it lets go within seconds.
     *
     * @return fails with {@link Unknown}, or {@link Refused} when it, or the run, is over
     */
    public Future<Answered> cancel(String migration, long id, Change change) {
        String because = "cancelled by " + change.actor() + (change.reason().isEmpty() ? "" : ": " + change.reason());
        return runs.changing(
                        migration,
                        change,
                        "run.cancel-verification",
                        Map.of("verification", id),
                        (tx, run) -> tx.change(CANCEL, Columns.bind(clock.instant()), because, run.id(), id)
                                .compose(ended -> ended > 0 ? Future.succeededFuture() : over(tx, run, id)))
                .compose(run -> answered(run, id));
    }

    private static Future<Void> over(Tx tx, Run run, long id) {
        return tx.first(ONE, VerificationStore::read, run.id(), id)
                .compose(one -> Future.failedFuture(one.<RuntimeException>map(
                                verification -> new Refused("verification " + id + " of "
                                        + run.migration() + " is over already: "
                                        + verification.unmet().orElse("every row was verified")))
                        .orElseGet(() -> new Unknown("verification", id + " of the run of " + run.migration()))));
    }

    private Future<Answered> answered(Run run, long id) {
        return database.transaction(tx -> tx.first(ONE, VerificationStore::read, run.id(), id))
                .map(one -> new Answered(run, one.orElseThrow()));
    }

    /** @throws Refused where there is nothing to verify */
    private static void check(Run run) {
        Phase phase = run.effectivePhase();
        if (phase == Phase.ROLLING_BACK || run.standing().wish() == Wish.ROLL_BACK) {
            throw new Refused("the run of " + run.migration()
                    + " is being rolled back: the new side goes, and nothing is left to verify");
        }
        if (phase == Phase.CONTRACTING) {
            throw new Refused("the old side of " + run.migration()
                    + " is being taken away: nothing is left to verify the new one by");
        }
        if (!VERIFIED.contains(phase)) {
            throw new Refused("the run of " + run.migration() + " is in " + phase
                    + ": rows are verified from VERIFYING on, once all of them are moved; wait for that");
        }
    }

    /** The newest first. */
    public Future<List<Verification>> newest(Tx tx, long run, int limit) {
        return tx.all(NEWEST, VerificationStore::read, run, limit);
    }

    private static Verification read(Row row) {
        return new Verification(
                row.getLong("id"),
                Optional.of(Columns.text(row, "table_name")).filter(name -> !name.isEmpty()),
                new Verification.Asked(
                        Columns.instant(row, "asked_at"), Columns.text(row, "asked_by"), Columns.text(row, "reason")),
                row.getLong("chunks"),
                row.getLong("done"),
                row.getLong("differences"),
                Columns.optionalInstant(row, "over_at"),
                Columns.optionalText(row, "unmet"));
    }
}
