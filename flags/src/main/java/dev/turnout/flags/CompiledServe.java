package dev.turnout.flags;

import dev.turnout.flags.Evaluation.Answer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** A serve with its answers worked out. Immutable. */
final class CompiledServe {
    private final Serve serve;
    private final Split split;
    private final String seed;

    /** Where each portion ends, exclusively. */
    private final int[] ends;

    private final Answer[] answers;

    /** For subjects without a usable bucketing key: the one answer there is, or what is wrong. */
    private final Evaluation missing;

    private final Evaluation unusable;

    /**
     * @param answers one for each portion
     * @param failing what a subject gets that no bucket can be told of
     */
    CompiledServe(Flag flag, Serve serve, List<Answer> answers, Function<ErrorCode, Answer> failing) {
        this.serve = serve;
        this.split = flag.split();
        this.seed = flag.seed();
        this.answers = answers.toArray(Answer[]::new);
        this.ends = new int[this.answers.length];
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += serve.portions().get(i).weight().hundredThousandths();
            ends[i] = end;
        }
        Optional<Answer> certain = certain();
        this.missing = Evaluation.of(certain.orElseGet(() -> failing.apply(ErrorCode.TARGETING_KEY_MISSING)));
        this.unusable = Evaluation.of(certain.orElseGet(() -> failing.apply(ErrorCode.INVALID_CONTEXT)));
    }

    /** The answer of a portion that is the whole. */
    private Optional<Answer> certain() {
        for (int i = 0; i < answers.length; i++) {
            if (serve.portions().get(i).weight().equals(Weight.ALL)) {
                return Optional.of(answers[i]);
            }
        }
        return Optional.empty();
    }

    Evaluation answer(Subject subject, Trail trail) {
        Optional<String> key;
        try {
            key = subject.bucketingKey(split.bucketBy());
        } catch (IllegalArgumentException e) {
            trail.served(serve, OptionalInt.empty());
            return unusable;
        }
        if (key.isEmpty()) {
            trail.served(serve, OptionalInt.empty());
            return missing;
        }
        int bucket = Bucket.of(seed, key.get());
        trail.served(serve, OptionalInt.of(bucket));
        int portion = 0;
        while (bucket >= ends[portion]) {
            portion++;
        }
        return Evaluation.of(answers[portion], bucket);
    }
}
