package dev.turnout.server.control;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/** What a token is made of, and what is kept of it. Thread-safe. */
final class TokenSecret {
    /** Lets secret scanners and people know what they see. */
    private static final String PREFIX = "turnout_";

    private static final int BYTES = 32;
    private static final int LONGEST = 200;

    private final SecureRandom random = new SecureRandom();

    String draw() {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }

    /** Whether it is worth to be looked up. */
    static boolean possible(String token) {
        return token.startsWith(PREFIX) && token.length() <= LONGEST;
    }

    /** SHA-256, in hexadecimal digits. */
    static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Takes as long for a near miss as for any other. */
    static boolean same(String kept, String shown) {
        return MessageDigest.isEqual(
                kept.getBytes(StandardCharsets.US_ASCII), shown.getBytes(StandardCharsets.US_ASCII));
    }
}
