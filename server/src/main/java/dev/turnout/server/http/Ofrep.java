package dev.turnout.server.http;

import dev.turnout.flags.Evaluation;
import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.flags.Subject;
import dev.turnout.server.control.Caller;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * OpenFeature's remote evaluation protocol, version 0.3.0: what is answered to whom, without the transport. Thread-safe;
 * answers from memory.
 */
final class Ofrep {
    static final String ROOT = "/ofrep/";
    static final String FLAGS = "/ofrep/v1/evaluate/flags";
    static final String EVENTS = "/ofrep/v1/events";

    private static final int ETAG_BYTES = 12;

    private final OfrepAnswers answers = new OfrepAnswers();
    private final EvaluationMetrics metrics;
    private final InstantSource time;

    /** @param time business time */
    Ofrep(EvaluationMetrics metrics, InstantSource time) {
        this.metrics = metrics;
        this.time = time;
    }

    /** @throws Refusal 400 or 404 */
    Buffer evaluate(FlagSet flags, String key, Buffer body) {
        long started = System.nanoTime();
        Evaluation evaluation = flags.evaluate(key, OfrepContext.of(Wire.read(body)), time);
        if (evaluation.variant().isEmpty()) {
            throw Refusal.notFound("flag '" + key + "'");
        }
        if (evaluation.error().isPresent()) {
            throw new Refusal(400, evaluation.error().get().name(), OfrepAnswers.explain(evaluation), Map.of());
        }
        metrics.evaluated(key, evaluation.variant().get().name(), System.nanoTime() - started);
        return answers.one(flags, evaluation);
    }

    /**
     * All flags that the caller reaches, but the archived ones.
     *
     * @param streams where changes are told, as {@code eventStreams} has it
     * @throws Refusal 400
     */
    Buffer evaluateAll(FlagSet flags, Caller caller, Buffer body, List<Map<String, Object>> streams) {
        Subject subject = OfrepContext.of(Wire.read(body));
        Buffer many = Buffer.buffer("{\"flags\":[");
        boolean first = true;
        for (Flag flag : flags.flags()) {
            if (flag.state() != Flag.State.ARCHIVED && caller.reaches(flag.key())) {
                if (!first) {
                    many.appendByte((byte) ',');
                }
                first = false;
                long started = System.nanoTime();
                Evaluation evaluation = flags.evaluate(flag.key(), subject, time);
                evaluation
                        .variant()
                        .ifPresent(
                                variant -> metrics.evaluated(flag.key(), variant.name(), System.nanoTime() - started));
                answers.add(many, flags, evaluation);
            }
        }
        return many.appendString("],\"metadata\":{\"version\":" + flags.version() + "},\"eventStreams\":")
                .appendBuffer(Wire.write(streams))
                .appendByte((byte) '}');
    }

    /**
     * The ETag of {@link #evaluateAll}, made without evaluating: of all that an answer depends on. The body stands for
     * the context, so that another spelling of one context costs an evaluation and never gives a stale answer. Empty
     * when an answer may depend on something else.
     */
    Optional<String> etag(FlagSet flags, Caller caller, Buffer body) {
        return flags.moment(time).map(moment -> {
            MessageDigest digest = sha256();
            digest.update(
                    (flags.version() + " " + moment + " " + caller.name() + "\n").getBytes(StandardCharsets.UTF_8));
            byte[] hash = digest.digest(body.getBytes());
            return "\"" + HexFormat.of().formatHex(hash, 0, ETAG_BYTES) + "\"";
        });
    }

    /** What a stream of events tells of these flags; comes back as {@code flagConfigEtag}. */
    static String configEtag(FlagSet flags) {
        return "\"v" + flags.version() + "\"";
    }

    /** The version that a {@code flagConfigEtag} names; empty when it is not one of ours. */
    static Optional<Long> configVersion(String etag) {
        String bare = etag.replace("\"", "");
        if (!bare.matches("v\\d{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(Long.parseLong(bare.substring(1)));
    }

    /** Whether an {@code If-None-Match} names the ETag: compared weakly, lists and {@code *} included (RFC 9110 §13.1.2). */
    static boolean matches(String ifNoneMatch, String etag) {
        for (String one : ifNoneMatch.split(",")) {
            String bare = one.strip();
            if (bare.equals("*") || bare.equals(etag) || bare.equals("W/" + etag)) {
                return true;
            }
        }
        return false;
    }

    /** The flag that a path below {@link #ROOT} asks for; empty when it asks for none, or for all. */
    static Optional<String> key(String path) {
        if (!path.startsWith(FLAGS + "/") || path.length() == FLAGS.length() + 1) {
            return Optional.empty();
        }
        String encoded = path.substring(FLAGS.length() + 1);
        if (encoded.indexOf('%') < 0) {
            return Optional.of(encoded);
        }
        try {
            return Optional.of(URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.of(encoded);
        }
    }

    static Map<String, Object> failure(Optional<String> key, Refusal refusal) {
        return OfrepAnswers.failure(key, errorCode(refusal), refusal.detail());
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

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
