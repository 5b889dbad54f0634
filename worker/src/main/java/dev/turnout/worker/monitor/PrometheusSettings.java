package dev.turnout.worker.monitor;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * How to reach a Prometheus. Neither {@link #toString()} nor {@link #where()} shows a secret. Immutable.
 *
 * @param name what specs call it
 * @param url of its API without {@code /api/v1}
 * @param user for HTTP's basic authentication; empty: none
 * @param token for a bearer; empty: none
 */
public record PrometheusSettings(String name, URI url, String user, String password, String token) {
    /**
     * @param setting the setting that gave the URL, for messages
     * @throws IllegalArgumentException naming the setting, without the URL: it may hold a password
     */
    public static PrometheusSettings of(
            String name, String url, String user, String password, String token, String setting) {
        try {
            URI uri = URI.create(url.endsWith("/") ? url : url + "/");
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return new PrometheusSettings(name, uri, user, password, token);
            }
        } catch (IllegalArgumentException e) {
            // The message below says what is expected.
        }
        throw new IllegalArgumentException(
                setting + " must be a URL such as http://prometheus.example:9090, without user or password");
    }

    /** What goes into the header {@code Authorization}. */
    Optional<String> authorization() {
        if (!token.isEmpty()) {
            return Optional.of("Bearer " + token);
        }
        return user.isEmpty()
                ? Optional.empty()
                : Optional.of("Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    String where() {
        return name + " at " + url.getScheme() + "://" + url.getAuthority();
    }

    @Override
    public String toString() {
        return where();
    }
}
