package dev.turnout.server.settings;

import static dev.turnout.server.settings.Setting.*;

import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Reads where notices go. Says nothing of what was set: all of it may be secret. */
final class NotifySettings {
    private static final String PREFIX = "whsec_";
    private static final int SHORTEST_BYTES = 24;
    private static final int LONGEST_BYTES = 64;

    private final Given given;
    private final List<String> problems;

    NotifySettings(Given given, List<String> problems) {
        this.given = given;
        this.problems = problems;
    }

    Notifying read() {
        Optional<URI> webhook = uri(NOTIFY_URL);
        List<String> secrets = secrets();
        if (webhook.isPresent() == secrets.isEmpty()) {
            problems.add(NOTIFY_URL + " and " + NOTIFY_SECRET + " go together: set both, or none");
        }
        return new Notifying(webhook.map(uri -> new Notifying.Webhook(uri, secrets)), uri(SLACK_URL));
    }

    private Optional<URI> uri(Setting setting) {
        Optional<String> text = given.text(setting);
        try {
            Optional<URI> uri = text.map(URI::create);
            if (uri.filter(NotifySettings::usable).isPresent() || uri.isEmpty()) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // The message below says what is expected.
        }
        problems.add(setting + " must be a URL such as https://hooks.example.com/turnout, without user and password");
        return Optional.empty();
    }

    private static boolean usable(URI uri) {
        return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                && uri.getHost() != null
                && uri.getRawUserInfo() == null
                && uri.getPort() <= 65_535;
    }

    private List<String> secrets() {
        List<String> secrets = new ArrayList<>();
        for (String secret : given.text(NOTIFY_SECRET).orElse("").split("\\s+")) {
            if (isSecret(secret)) {
                secrets.add(secret.substring(PREFIX.length()));
            } else if (!secret.isEmpty()) {
                problems.add(NOTIFY_SECRET + " must be " + PREFIX + " and " + SHORTEST_BYTES + " to " + LONGEST_BYTES
                        + " bytes in Base64, as from: echo " + PREFIX + "$(openssl rand -base64 32)");
                return List.of("");
            }
        }
        return secrets;
    }

    private static boolean isSecret(String text) {
        try {
            int bytes =
                    text.startsWith(PREFIX) ? Base64.getDecoder().decode(text.substring(PREFIX.length())).length : 0;
            return bytes >= SHORTEST_BYTES && bytes <= LONGEST_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
