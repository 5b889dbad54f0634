package dev.turnout.server.control;

import dev.turnout.migration.Phase;
import dev.turnout.migration.Tuning;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.run.RunBoard.Wish;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A run of a migration as the control state has it. Instants are business time.
 *
 * @param id unique for ever
 * @param specHash SHA-256 of the bundle, in hex
 */
public record Run(
        long id,
        String migration,
        String database,
        String flagKey,
        String specHash,
        Standing standing,
        Shown shown,
        Verified verified,
        ContractWords contract,
        Driver driver,
        Instant createdAt,
        String createdBy,
        Operating operating) {

    /** Names what operators decide on: changes when that does, and not with each row that moves. */
    public String tag() {
        String decided = standing.wish() + " " + operating.tuning().words() + " "
                + contract.approved().map(Word::at) + " " + contract.backup().map(Word::at);
        CRC32 sum = new CRC32();
        sum.update(decided.getBytes(StandardCharsets.UTF_8));
        return id + "-" + standing.phase() + "-" + Long.toHexString(sum.getValue());
    }

    /** The phase that counts: the one to resume, while paused or failed. */
    public Phase effectivePhase() {
        return standing.pausedFrom().orElse(standing.phase());
    }

    /**
     * @param pausedFrom while PAUSED or FAILED
     * @param because why the phase was entered
     */
    public record Standing(Phase phase, Instant enteredAt, Optional<Phase> pausedFrom, String because, Wish wish) {}

    /**
     * What operators see.
     *
     * @param waitingFor empty while work goes on
     * @param nextAction what an operator should do; empty for nothing
     * @param progress JSON values by move or step
     * @param reports what each finished phase reported, by its name
     */
    public record Shown(
            String waitingFor,
            String nextAction,
            List<String> problems,
            Map<String, Object> progress,
            Map<String, Object> reports) {}

    /**
     * How the run is operated.
     *
     * @param retryPending an operator wants the rows put aside to be tried again, and no worker has done it yet
     * @param rejected rows put aside, when a worker looked last
     * @param rejectedAt when that was; empty: none has looked yet
     */
    public record Operating(Tuning tuning, boolean retryPending, long rejected, Optional<Instant> rejectedAt) {}

    /** What operators said about taking the old side away; both empty until they did. */
    public record ContractWords(Optional<Word> approved, Optional<Word> backup) {}

    /** @param text who approved, or which backup */
    public record Word(String text, Instant at) {}

    /**
     * Who drives the run.
     *
     * @param worker empty when nobody does
     */
    public record Driver(Optional<String> worker, long epoch) {}
}
