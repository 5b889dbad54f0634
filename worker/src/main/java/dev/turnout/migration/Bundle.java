package dev.turnout.migration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * A spec as it travels: the YAML file and the files that it names, by the names it uses. Immutable.
 *
 * @param main name of the YAML file, for messages
 * @param files name to content; contains {@code main}; no absolute names, no {@code ..}
 */
public record Bundle(String main, Map<String, String> files) {
    public Bundle {
        files = Collections.unmodifiableMap(new TreeMap<>(files));
        if (!files.containsKey(main)) {
            throw new IllegalArgumentException("the bundle lacks its own spec " + main);
        }
        for (String name : files.keySet()) {
            if (name.startsWith("/") || name.contains("..") || name.contains("\\")) {
                throw new IllegalArgumentException("a file of a spec must lie beside it or below: " + name);
            }
        }
    }

    /** SHA-256 over names and contents, in hex; line ends count alike, so that a checkout on Windows is the same spec. */
    public String hash() {
        MessageDigest digest = sha256();
        update(digest, main);
        files.forEach((name, content) -> {
            update(digest, name);
            update(digest, content.replace("\r\n", "\n"));
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** With its length before it, so that no two bundles give the same bytes. */
    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
