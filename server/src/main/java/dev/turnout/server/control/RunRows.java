package dev.turnout.server.control;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.Ages;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.run.RunBoard.Wish;
import io.vertx.sqlclient.Row;
import java.util.Optional;

/** How a row of {@code run} is read. */
final class RunRows {
    /** Alive as the unique index {@code run_alive_idx} has it; see {@link Phase#over()}. */
    static final String ALIVE = "r.phase NOT IN ('DONE', 'ROLLED_BACK')";

    /** Where the ages of the chunks are in the column progress. */
    static final String AGES = "coverage";

    /** The progress without all that belongs to a phase. */
    static final String AGES_ONLY = "jsonb_strip_nulls(jsonb_build_object('" + AGES + "', progress -> '" + AGES + "'))";

    static final String COLUMNS = "r.id, r.migration, r.database, r.flag_key, r.spec_hash, r.phase, r.phase_entered_at,"
            + " r.paused_from, r.because, r.wish, r.waiting_for, r.next_action, r.problems, r.progress - '" + AGES
            + "' AS progress,"
            + " coalesce(r.progress -> '" + AGES + "', '{}') AS ages, r.reports,"
            + " r.verified_from, r.mismatches, r.contract_approved_by, r.contract_approved_at, r.backup, r.backup_at,"
            + " r.epoch, r.claimed_by, r.created_at, r.created_by, r.tuning, r.retries_wanted,"
            + " r.retries_done, r.rejected_total, r.rejected_at";

    private RunRows() {}

    static Run run(Row row) {
        return new Run(
                row.getLong("id"),
                Columns.text(row, "migration"),
                Columns.text(row, "database"),
                Columns.text(row, "flag_key"),
                Columns.text(row, "spec_hash"),
                standing(row),
                new Run.Shown(
                        Columns.text(row, "waiting_for"),
                        Columns.text(row, "next_action"),
                        Json.read(Columns.text(row, "problems"), Json.TEXTS),
                        Json.read(Columns.text(row, "progress"), Json.OBJECT),
                        Json.read(Columns.text(row, "reports"), Json.OBJECT)),
                new Verified(
                        Columns.optionalInstant(row, "verified_from"),
                        row.getLong("mismatches"),
                        new Ages(Json.read(Columns.text(row, "ages"), Json.MOMENTS))),
                new Run.ContractWords(
                        word(row, "contract_approved_by", "contract_approved_at"), word(row, "backup", "backup_at")),
                new Run.Driver(Columns.optionalText(row, "claimed_by"), row.getLong("epoch")),
                Columns.instant(row, "created_at"),
                Columns.text(row, "created_by"),
                new Run.Operating(
                        tuning(row),
                        row.getLong("retries_wanted") > row.getLong("retries_done"),
                        row.getLong("rejected_total"),
                        Columns.optionalInstant(row, "rejected_at")));
    }

    static Run.Standing standing(Row row) {
        return new Run.Standing(
                Columns.word(row, "phase", Phase.class),
                Columns.instant(row, "phase_entered_at"),
                pausedFrom(row),
                Columns.text(row, "because"),
                Columns.word(row, "wish", Wish.class));
    }

    /** What a newer version may have written besides is passed over. */
    static Tuning tuning(Row row) {
        return Tuning.read(Json.read(Columns.text(row, "tuning"), Json.WORDS), (name, wrong) -> {});
    }

    static Optional<Phase> pausedFrom(Row row) {
        return Columns.optionalText(row, "paused_from").map(Phase::valueOf);
    }

    private static Optional<Run.Word> word(Row row, String text, String at) {
        return Columns.optionalText(row, text).map(said -> new Run.Word(said, Columns.instant(row, at)));
    }
}
