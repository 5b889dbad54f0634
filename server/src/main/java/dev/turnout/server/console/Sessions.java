package dev.turnout.server.console;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sessions live in the browser alone, sealed so that nobody there can read or change one: any server of the installation
 * opens them, also after a restart. Only those that are ended before their time are kept by servers. Thread-safe.
 */
final class Sessions {
    /** A working day; then the token is asked for again. */
    static final Duration LIFE = Duration.ofHours(8);

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int PROOF_BYTES = 16;
    private static final int LONGEST = 2_000;

    private final SecretKeySpec key;
    private final InstantSource time;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param secret 32 bytes, shared by the servers of an installation
     * @param time real time
     */
    Sessions(byte[] secret, InstantSource time) {
        this.key = new SecretKeySpec(secret, "AES");
        this.time = time;
    }

    Session open(String token) {
        byte[] proof = new byte[PROOF_BYTES];
        random.nextBytes(proof);
        return new Session(
                token,
                Base64.getUrlEncoder().withoutPadding().encodeToString(proof),
                Instant.ofEpochSecond(time.instant().plus(LIFE).getEpochSecond()));
    }

    String seal(Session session) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        String plain = session.until().getEpochSecond() + " " + session.proof() + " " + session.token();
        byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, plain.getBytes(StandardCharsets.UTF_8))
                .orElseThrow();
        byte[] all = Arrays.copyOf(nonce, nonce.length + sealed.length);
        System.arraycopy(sealed, 0, all, nonce.length, sealed.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    /** Empty when it is none of ours, or over. */
    Optional<Session> read(String sealed) {
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(sealed.length() > LONGEST ? "" : sealed);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (all.length <= NONCE_BYTES) {
            return Optional.empty();
        }
        byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
        return cipher(Cipher.DECRYPT_MODE, nonce, Arrays.copyOfRange(all, NONCE_BYTES, all.length))
                .map(plain -> new String(plain, StandardCharsets.UTF_8).split(" ", 3))
                .map(words -> new Session(words[2], words[1], Instant.ofEpochSecond(Long.parseLong(words[0]))))
                .filter(session -> time.instant().isBefore(session.until()));
    }

    /** Empty for what was not sealed with our key. */
    private Optional<byte[]> cipher(int mode, byte[] nonce, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            return Optional.of(cipher.doFinal(text));
        } catch (javax.crypto.AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + CIPHER, e);
        }
    }
}
