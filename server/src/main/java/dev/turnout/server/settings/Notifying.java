package dev.turnout.server.settings;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Where notices go. {@link #toString()} shows no secret; an address may be one.
 *
 * @param webhook empty: none
 * @param slack address of an incoming webhook of Slack, or of what speaks like it; empty: none
 */
public record Notifying(Optional<Webhook> webhook, Optional<URI> slack) {
    public static final Notifying NOBODY = new Notifying(Optional.empty(), Optional.empty());

    /**
     * A receiver that checks who sends.
     *
     * @param secrets to sign with, each encoded in Base64; several while the receiver changes from one to the other
     */
    public record Webhook(URI uri, List<String> secrets) {
        public Webhook {
            secrets = List.copyOf(secrets);
        }

        @Override
        public String toString() {
            return uri.getScheme() + "://" + uri.getHost();
        }
    }

    @Override
    public String toString() {
        return "Notifying[webhook=" + webhook.map(Webhook::toString).orElse("none") + ", slack="
                + slack.map(URI::getHost).orElse("none") + "]";
    }
}
