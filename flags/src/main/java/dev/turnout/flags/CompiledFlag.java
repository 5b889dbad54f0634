package dev.turnout.flags;

import dev.turnout.flags.stage.Side;
import java.util.Optional;
import java.util.OptionalInt;

/** A flag with everything worked out that does not depend on the subject. Immutable. */
final class CompiledFlag {
    private final Flag flag;
    private final Evaluation inside;
    private final Evaluation outside;
    private final Evaluation disabled;

    CompiledFlag(Flag flag) {
        this.flag = flag;
        Weight weight = flag.weight();
        Reason reason = weight.equals(Weight.NONE) || weight.equals(Weight.ALL) ? Reason.STATIC : Reason.SPLIT;
        this.inside = answer(true, reason);
        this.outside = answer(false, reason);
        this.disabled = answer(false, Reason.DISABLED);
    }

    Flag flag() {
        return flag;
    }

    Evaluation evaluate(Subject subject) {
        if (!flag.live()) {
            return disabled;
        }
        Optional<String> key;
        try {
            key = subject.bucketingKey(flag.split().bucketBy());
        } catch (IllegalArgumentException e) {
            return keyless(ErrorCode.INVALID_CONTEXT);
        }
        if (key.isEmpty()) {
            return keyless(ErrorCode.TARGETING_KEY_MISSING);
        }
        int bucket = Bucket.of(flag.seed(), key.get());
        return at(bucket < flag.weight().hundredThousandths() ? inside : outside, bucket);
    }

    /** Nobody and everybody need no bucket; in between a unit without one stays on the old side and is told why. */
    private Evaluation keyless(ErrorCode error) {
        if (inside.reason() == Reason.STATIC) {
            return flag.weight().equals(Weight.ALL) ? inside : outside;
        }
        return new Evaluation(
                flag.key(),
                outside.variant(),
                outside.side(),
                Reason.ERROR,
                Optional.of(error),
                OptionalInt.empty(),
                outside.stage(),
                flag.version());
    }

    private static Evaluation at(Evaluation answer, int bucket) {
        return new Evaluation(
                answer.key(),
                answer.variant(),
                answer.side(),
                answer.reason(),
                answer.error(),
                OptionalInt.of(bucket),
                answer.stage(),
                answer.version());
    }

    private Evaluation answer(boolean isInside, Reason reason) {
        Side side = flag.sideOf(isInside);
        return new Evaluation(
                flag.key(),
                Optional.of(
                        side == Side.NEW
                                ? flag.variants().newSide()
                                : flag.variants().oldSide()),
                side,
                reason,
                Optional.empty(),
                OptionalInt.empty(),
                flag.stageOf(isInside),
                flag.version());
    }
}
