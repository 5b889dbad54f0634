package dev.turnout.server.http;

import dev.turnout.flags.Evaluation;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Reason;
import dev.turnout.flags.Variant;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Evaluations in the words of OFREP 0.3.0, so that every published provider understands them: {@code value} and
 * {@code variant} are always there, {@code metadata} is flat and without nulls. Answers that differ in their bucket only
 * are written once for each flag set. Thread-safe.
 */
final class OfrepAnswers {
    private static final byte[] END = "}}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BUCKET = ",\"bucket\":".getBytes(StandardCharsets.UTF_8);
    private static final int ROOM_FOR_BUCKET = 32;

    private volatile Kept kept = new Kept(FlagSet.EMPTY, Map.of());

    /** All that is written of one flag set: by flag, then by form, each up to where the bucket stands. */
    private record Kept(FlagSet flags, Map<String, AtomicReferenceArray<byte[]>> byFlag) {
        @SuppressWarnings("ReferenceEquality") // of this very set
        boolean is(FlagSet others) {
            return flags == others;
        }
    }

    /** @param evaluation must have a variant; made from these flags */
    Buffer one(FlagSet flags, Evaluation evaluation) {
        byte[] start = start(flags, evaluation);
        return append(Buffer.buffer(start.length + ROOM_FOR_BUCKET), start, evaluation);
    }

    /** An answer, or why there is none, as one of many. */
    void add(Buffer many, FlagSet flags, Evaluation evaluation) {
        if (evaluation.error().isPresent()) {
            many.appendBuffer(Wire.write(failure(evaluation)));
        } else {
            append(many, start(flags, evaluation), evaluation);
        }
    }

    private static Buffer append(Buffer buffer, byte[] start, Evaluation evaluation) {
        buffer.appendBytes(start);
        OptionalInt bucket = evaluation.bucket();
        if (bucket.isPresent()) {
            buffer.appendBytes(BUCKET).appendString(Integer.toString(bucket.getAsInt()));
        }
        return buffer.appendBytes(END);
    }

    private byte[] start(FlagSet flags, Evaluation evaluation) {
        Kept now = kept;
        if (!now.is(flags)) {
            now = new Kept(flags, new ConcurrentHashMap<>());
            kept = now;
        }
        AtomicReferenceArray<byte[]> forms = now.byFlag().get(evaluation.key());
        if (forms == null) {
            forms = now.byFlag().computeIfAbsent(evaluation.key(), key -> new AtomicReferenceArray<>(flags.forms(key)));
        }
        byte[] start = forms.get(evaluation.form());
        if (start == null) {
            start = written(flags, evaluation);
            forms.set(evaluation.form(), start);
        }
        return start;
    }

    private static byte[] written(FlagSet flags, Evaluation evaluation) {
        Variant variant = evaluation.variant().orElseThrow();
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("version", evaluation.version());
        metadata.put("side", evaluation.side().name());
        evaluation.stage().ifPresent(stage -> metadata.put("stage", stage.name()));
        metadata.put(
                "rolledBack",
                flags.flag(evaluation.key()).flatMap(Flag::rolledBack).isPresent());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("key", evaluation.key());
        body.put("value", variant.value());
        body.put("variant", variant.name());
        body.put("reason", reason(evaluation.reason()));
        body.put("metadata", metadata);
        byte[] whole = Wire.write(body).getBytes();
        byte[] start = new byte[whole.length - END.length];
        System.arraycopy(whole, 0, start, 0, start.length);
        return start;
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

    static Map<String, Object> failure(Evaluation evaluation) {
        return failure(
                Optional.of(evaluation.key()), evaluation.error().orElseThrow().name(), explain(evaluation));
    }

    static Map<String, Object> failure(Optional<String> key, String errorCode, String details) {
        Map<String, Object> body = new LinkedHashMap<>();
        key.ifPresent(known -> body.put("key", known));
        body.put("errorCode", errorCode);
        body.put("errorDetails", details);
        return body;
    }

    static String explain(Evaluation evaluation) {
        return switch (evaluation.error().orElseThrow()) {
            case FLAG_NOT_FOUND -> "there is no flag '" + evaluation.key() + "'";
            case TARGETING_KEY_MISSING -> "this flag is split by a key that the context does not have";
            case INVALID_CONTEXT -> "the attribute that splits this flag is neither text, number nor boolean";
            default -> "a rule or prerequisite of this flag cannot be decided";
        };
    }
}
