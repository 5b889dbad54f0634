package dev.turnout.flags;

import dev.turnout.flags.stage.Side;
import dev.turnout.flags.stage.Stage;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The answer for one subject. Immutable. */
public final class Evaluation {
    private static final int NO_BUCKET = -1;

    /** Made when the flag was compiled, so that an evaluation allocates nothing else than itself. */
    private final Answer answer;

    private final int bucket;

    private Evaluation(Answer answer, int bucket) {
        this.answer = answer;
        this.bucket = bucket;
    }

    /** What is the same for every subject that gets this answer. */
    record Answer(
            String key,
            Optional<Variant> variant,
            Side side,
            Reason reason,
            Optional<ErrorCode> error,
            Optional<Stage> stage,
            long version,
            int form) {
        Answer failing(ErrorCode code, int otherForm) {
            return new Answer(key, variant, side, Reason.ERROR, Optional.of(code), stage, version, otherForm);
        }
    }

    static Evaluation of(Answer answer) {
        return new Evaluation(answer, NO_BUCKET);
    }

    static Evaluation of(Answer answer, int bucket) {
        return new Evaluation(answer, bucket);
    }

    static Evaluation notFound(String key, long version) {
        return of(new Answer(
                key,
                Optional.empty(),
                Side.OLD,
                Reason.ERROR,
                Optional.of(ErrorCode.FLAG_NOT_FOUND),
                Optional.empty(),
                version,
                0));
    }

    public String key() {
        return answer.key();
    }

    /** Empty only when there is no such flag. */
    public Optional<Variant> variant() {
        return answer.variant();
    }

    /** Which side the subject is on; what it reports its outcomes under. */
    public Side side() {
        return answer.side();
    }

    public Reason reason() {
        return answer.reason();
    }

    /** Empty when all went well; with it, the answer is the old side's. */
    public Optional<ErrorCode> error() {
        return answer.error();
    }

    /** Of the subject, when it has a bucketing key and the flag is live. */
    public OptionalInt bucket() {
        return bucket == NO_BUCKET ? OptionalInt.empty() : OptionalInt.of(bucket);
    }

    /** Of the subject, for a migration flag. */
    public Optional<Stage> stage() {
        return answer.stage();
    }

    /** Of the flag, or of the flag set when there is no such flag. */
    public long version() {
        return answer.version();
    }

    /**
     * Which of the flag's possible answers this is, from 0: evaluations of one flag version with equal forms differ in
     * their bucket at most. For those who keep answers ready.
     */
    public int form() {
        return answer.form();
    }

    /** Whether the answer is {@code true}; the short question of a boolean flag. */
    public boolean on() {
        return answer.variant().isPresent()
                && Boolean.TRUE.equals(answer.variant().get().value());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Evaluation that && bucket == that.bucket && answer.equals(that.answer);
    }

    @Override
    public int hashCode() {
        return Objects.hash(answer, bucket);
    }

    @Override
    public String toString() {
        return answer + (bucket == NO_BUCKET ? "" : " in bucket " + bucket);
    }
}
