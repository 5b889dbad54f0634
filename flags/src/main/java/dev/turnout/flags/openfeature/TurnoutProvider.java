package dev.turnout.flags.openfeature;

import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.ImmutableMetadata;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.ProviderNotReadyError;
import dev.turnout.flags.Evaluation;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Subject;
import dev.turnout.flags.client.Freshness;
import dev.turnout.flags.client.TurnoutClient;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Turnout client as OpenFeature's provider: in process, with its events for changed, stale and again fresh flags.
 * Thread-safe. It owns the client: shutting it down closes it.
 */
public final class TurnoutProvider extends EventProvider {
    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final TurnoutClient client;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "turnout-provider");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean stale;

    public TurnoutProvider(TurnoutClient client) {
        this.client = client;
    }

    @Override
    public Metadata getMetadata() {
        return () -> "turnout";
    }

    /**
     * Waits for the server, ten seconds at most; flags from disk are good enough to begin with.
     *
     * @throws ProviderNotReadyError when there are none at all
     */
    @Override
    public void initialize(EvaluationContext context) throws InterruptedException {
        boolean confirmed = client.awaitReady(LONGEST_START);
        if (!confirmed && client.freshness() == Freshness.NOT_READY) {
            throw new ProviderNotReadyError("no flags from the server within " + LONGEST_START.toSeconds() + " s");
        }
        stale = !confirmed;
        client.listen(this::changed);
        timer.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void changed(FlagSet before, FlagSet after) {
        TreeSet<String> keys = new TreeSet<>();
        Stream.of(before, after)
                .flatMap(set -> set.flags().stream())
                .map(Flag::key)
                .filter(key -> !before.flag(key).equals(after.flag(key)))
                .forEach(keys::add);
        emitProviderConfigurationChanged(ProviderEventDetails.builder()
                .flagsChanged(keys.stream().toList())
                .build());
    }

    private void look() {
        boolean now = client.freshness() != Freshness.CURRENT;
        if (now != stale) {
            stale = now;
            if (now) {
                emitProviderStale(ProviderEventDetails.builder()
                        .message("no word from the server")
                        .build());
            } else {
                emitProviderReady(ProviderEventDetails.builder()
                        .message("the flags are current again")
                        .build());
            }
        }
    }

    @Override
    public void shutdown() {
        timer.shutdownNow();
        client.close();
        super.shutdown();
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(String key, Boolean otherwise, EvaluationContext context) {
        return answer(
                key, otherwise, context, value -> value instanceof Boolean is ? Optional.of(is) : Optional.empty());
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(String key, String otherwise, EvaluationContext context) {
        return answer(
                key, otherwise, context, value -> value instanceof String is ? Optional.of(is) : Optional.empty());
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(String key, Integer otherwise, EvaluationContext context) {
        return answer(key, otherwise, context, value -> whole(value)
                .filter(is -> is.intValue() == is)
                .map(Long::intValue));
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(String key, Double otherwise, EvaluationContext context) {
        return answer(
                key,
                otherwise,
                context,
                value -> value instanceof Number is ? Optional.of(is.doubleValue()) : Optional.empty());
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(String key, Value otherwise, EvaluationContext context) {
        return answer(key, otherwise, context, value -> Optional.of(Value.objectToValue(value)));
    }

    private static Optional<Long> whole(Object value) {
        return value instanceof Integer || value instanceof Long
                ? Optional.of(((Number) value).longValue())
                : Optional.empty();
    }

    /** How a variant's value is seen as the type that was asked for; empty when it is of another. */
    private interface As<T> {
        Optional<T> of(Object value);
    }

    private <T> ProviderEvaluation<T> answer(String key, T otherwise, EvaluationContext context, As<T> type) {
        Evaluation evaluation = client.evaluate(key, subject(context));
        ProviderEvaluation.ProviderEvaluationBuilder<T, ?, ?> answer = ProviderEvaluation.<T>builder()
                .reason(evaluation.reason().name())
                .flagMetadata(metadata(evaluation));
        if (evaluation.error().isPresent()) {
            boolean never = client.freshness() == Freshness.NOT_READY;
            ErrorCode code = never
                    ? ErrorCode.PROVIDER_NOT_READY
                    : ErrorCode.valueOf(evaluation.error().get().name());
            return answer.value(otherwise).errorCode(code).build();
        }
        Optional<T> value = evaluation.variant().flatMap(variant -> type.of(variant.value()));
        if (value.isEmpty()) {
            return answer.value(otherwise)
                    .reason("ERROR")
                    .errorCode(ErrorCode.TYPE_MISMATCH)
                    .errorMessage("the flag " + key + " has values of another type")
                    .build();
        }
        return answer.value(value.get())
                .variant(evaluation.variant().orElseThrow().name())
                .build();
    }

    private static Subject subject(EvaluationContext context) {
        Map<String, Object> attributes = context.asObjectMap();
        return new Subject(Objects.requireNonNullElse(context.getTargetingKey(), ""), attributes);
    }

    private static ImmutableMetadata metadata(Evaluation evaluation) {
        ImmutableMetadata.ImmutableMetadataBuilder metadata = ImmutableMetadata.builder()
                .addLong("version", evaluation.version())
                .addString("side", evaluation.side().name());
        evaluation.bucket().ifPresent(bucket -> metadata.addInteger("bucket", bucket));
        evaluation.stage().ifPresent(stage -> metadata.addString("stage", stage.name()));
        return metadata.build();
    }
}
