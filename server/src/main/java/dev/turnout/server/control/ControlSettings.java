package dev.turnout.server.control;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where the control database is and how to get in. Immutable; never shows its secret.
 *
 * @param jdbcUrl {@code jdbc:postgresql://host[:port]/database[?parameters]}, without credentials
 * @param secret password, empty when none is needed
 * @param poolSize connections for transactions; one more listens for news
 */
public record ControlSettings(String jdbcUrl, String user, String secret, int poolSize) {
    /** The setting that operators know, for messages. */
    public static final String OPTION = "--control-db";

    private static final String PREFIX = "jdbc:";
    private static final int DEFAULT_PORT = 5432;

    public ControlSettings {
        if (!jdbcUrl.startsWith("jdbc:postgresql://")) {
            throw new IllegalArgumentException(
                    OPTION + " must start with jdbc:postgresql:// (the control state is kept in PostgreSQL)");
        }
        if (jdbcUrl.contains("password=") || authority(jdbcUrl).contains("@")) {
            throw new IllegalArgumentException(OPTION + " must not contain credentials: they would end up in messages");
        }
        if (poolSize < 1 || poolSize > 100) {
            throw new IllegalArgumentException("the control pool has from 1 to 100 connections, not " + poolSize);
        }
    }

    /** {@code host:port}, for messages. */
    public String address() {
        String authority = authority(jdbcUrl);
        return authority.matches(".*:\\d+") ? authority : authority + ":" + DEFAULT_PORT;
    }

    private static String authority(String jdbcUrl) {
        try {
            String authority = new URI(jdbcUrl.substring(PREFIX.length())).getRawAuthority();
            return authority == null ? "localhost" : authority;
        } catch (URISyntaxException e) {
            // Several hosts are no URI, but the driver understands them.
            String rest = jdbcUrl.substring("jdbc:postgresql://".length());
            int end = rest.indexOf('/');
            return end < 0 ? rest : rest.substring(0, end);
        }
    }

    @Override
    public String toString() {
        return "ControlSettings[" + jdbcUrl + " as " + user + ", " + poolSize + " connections]";
    }
}
