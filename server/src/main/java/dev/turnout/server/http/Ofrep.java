package dev.turnout.server.http;

import dev.turnout.flags.Evaluation;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Reason;
import dev.turnout.flags.Variant;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * OpenFeature's remote evaluation protocol, version 0.3.0, written so that every published provider understands it:
 * {@code value} and {@code variant} are always there, {@code metadata} is flat without nulls, and every error has a
 * JSON body. Thread-safe; answers from memory.
 */
final class Ofrep {
    static final String ROOT = "/ofrep/";
    private static final String FLAGS = "/ofrep/v1/evaluate/flags/";

    private final Supplier<FlagSet> flags;
    private final EvaluationMetrics metrics;
    private final InstantSource time;

    /** @param time business time */
    Ofrep(Supplier<FlagSet> flags, EvaluationMetrics metrics, InstantSource time) {
        this.flags = flags;
        this.time = time;
        this.metrics = metrics;
    }

    /** @throws Refusal 400 or 404 */
    Answer evaluate(String key, Buffer body) {
        long started = System.nanoTime();
        FlagSet current = flags.get();
        Evaluation evaluation = current.evaluate(key, OfrepContext.of(Wire.read(body)), time);
        Optional<Variant> variant = evaluation.variant();
        if (variant.isEmpty()) {
            throw Refusal.notFound("flag '" + key + "'");
        }
        if (evaluation.error().isPresent()) {
            throw new Refusal(400, evaluation.error().get().name(), explain(evaluation), Map.of());
        }
        metrics.evaluated(key, variant.get().name(), System.nanoTime() - started);
        boolean rolledBack = current.flag(key).flatMap(Flag::rolledBack).isPresent();
        return Answer.ok(success(evaluation, variant.get(), rolledBack));
    }

    private static String explain(Evaluation evaluation) {
        return switch (evaluation.error().orElseThrow()) {
            case TARGETING_KEY_MISSING -> "this flag is split by a key that the context does not have";
            case INVALID_CONTEXT -> "the attribute that splits this flag is neither text, number nor boolean";
            default -> "the flag cannot be evaluated";
        };
    }

    private static Map<String, Object> success(Evaluation evaluation, Variant variant, boolean rolledBack) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("version", evaluation.version());
        metadata.put("side", evaluation.side().name());
        evaluation.stage().ifPresent(stage -> metadata.put("stage", stage.name()));
        evaluation.bucket().ifPresent(bucket -> metadata.put("bucket", bucket));
        metadata.put("rolledBack", rolledBack);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("key", evaluation.key());
        body.put("value", variant.value());
        body.put("variant", variant.name());
        body.put("reason", reason(evaluation.reason()));
        body.put("metadata", metadata);
        return body;
    }

    /** OFREP knows fewer reasons than OpenFeature, and Python's provider fails on any other. */
    private static String reason(Reason reason) {
        return switch (reason) {
            case STATIC, DEFAULT -> "STATIC";
            case TARGETING_MATCH -> "TARGETING_MATCH";
            case SPLIT -> "SPLIT";
            case DISABLED -> "DISABLED";
            case ERROR, UNKNOWN -> "UNKNOWN";
        };
    }

    /** The flag that a path below {@link #ROOT} asks for; empty when it asks for none. */
    static Optional<String> key(String path) {
        if (!path.startsWith(FLAGS) || path.length() == FLAGS.length()) {
            return Optional.empty();
        }
        String encoded = path.substring(FLAGS.length());
        try {
            return Optional.of(URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.of(encoded);
        }
    }

    static Map<String, Object> failure(Optional<String> key, Refusal refusal) {
        Map<String, Object> body = new LinkedHashMap<>();
        key.ifPresent(known -> body.put("key", known));
        body.put("errorCode", errorCode(refusal));
        body.put("errorDetails", refusal.detail());
        return body;
    }

    private static String errorCode(Refusal refusal) {
        return switch (refusal.code()) {
            case 400 ->
                switch (refusal.kind()) {
                    case "malformed" -> "PARSE_ERROR";
                    case "TARGETING_KEY_MISSING", "INVALID_CONTEXT" -> refusal.kind();
                    default -> "GENERAL";
                };
            case 404 -> "FLAG_NOT_FOUND";
            case 413 -> "PARSE_ERROR";
            default -> "GENERAL";
        };
    }
}
