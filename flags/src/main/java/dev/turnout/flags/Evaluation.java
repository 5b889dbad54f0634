package dev.turnout.flags;

import dev.turnout.flags.stage.Side;
import dev.turnout.flags.stage.Stage;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The answer for one subject.
 *
 * @param variant empty only when there is no such flag
 * @param side which side the subject is on; what it reports its outcomes under
 * @param error empty when all went well; with it, the answer is the old side's
 * @param bucket of the subject, when it has a bucketing key and the flag is live
 * @param stage of the subject, for a migration flag
 * @param version of the flag, or of the flag set when there is no such flag
 */
public record Evaluation(
        String key,
        Optional<Variant> variant,
        Side side,
        Reason reason,
        Optional<ErrorCode> error,
        OptionalInt bucket,
        Optional<Stage> stage,
        long version) {

    static Evaluation notFound(String key, long version) {
        return new Evaluation(
                key,
                Optional.empty(),
                Side.OLD,
                Reason.ERROR,
                Optional.of(ErrorCode.FLAG_NOT_FOUND),
                OptionalInt.empty(),
                Optional.empty(),
                version);
    }

    /** Whether the answer is {@code true}; the short question of a boolean flag. */
    public boolean on() {
        return variant.map(Variant::value).filter(Boolean.TRUE::equals).isPresent();
    }
}
