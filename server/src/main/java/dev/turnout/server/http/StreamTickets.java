package dev.turnout.server.http;

import dev.turnout.server.control.Caller;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets a browser open a stream of events, whose request cannot carry a header: a ticket in the address, good for that and
 * for nothing else, and not for long. It is signed, not stored: any server of the installation takes it. Thread-safe.
 */
final class StreamTickets {
    private static final Duration GOOD_FOR = Duration.ofMinutes(15);
    private static final String PURPOSE = "ofrep-events";
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec secret;
    private final InstantSource time;

    /** What a ticket shows. */
    enum Shown {
        GOOD,
        /** It was good once: its holder may learn that a new one is needed, and nothing else. */
        EXPIRED
    }

    /**
     * @param secret shared by the servers of an installation
     * @param time real time
     */
    StreamTickets(byte[] secret, InstantSource time) {
        this.secret = new SecretKeySpec(secret, ALGORITHM);
        this.time = time;
    }

    String issue(Caller caller) {
        String claim = PURPOSE + " " + time.instant().plus(GOOD_FOR).getEpochSecond() + " " + caller.name();
        byte[] bytes = claim.getBytes(StandardCharsets.UTF_8);
        return encoded(bytes) + "." + encoded(signature(bytes));
    }

    /** @throws Refusal 401 when it is none of ours */
    Shown check(String ticket) {
        try {
            int dot = ticket.indexOf('.');
            byte[] claim = Base64.getUrlDecoder().decode(ticket.substring(0, Math.max(dot, 0)));
            byte[] signature = Base64.getUrlDecoder().decode(ticket.substring(dot + 1));
            if (dot > 0 && MessageDigest.isEqual(signature, signature(claim))) {
                String[] words = new String(claim, StandardCharsets.UTF_8).split(" ", 3);
                if (words[0].equals(PURPOSE)) {
                    Instant end = Instant.ofEpochSecond(Long.parseLong(words[1]));
                    return time.instant().isBefore(end) ? Shown.GOOD : Shown.EXPIRED;
                }
            }
        } catch (IllegalArgumentException e) {
            // Answered below, like any other forgery.
        }
        throw new Refusal(
                401, "unauthorized", "this ticket is not valid: evaluate all flags to be given another", Map.of());
    }

    private byte[] signature(byte[] claim) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac.doFinal(claim);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
