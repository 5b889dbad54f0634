package dev.turnout.server.notify;

import dev.turnout.server.control.NoticeStore.Made;
import dev.turnout.server.settings.Notifying;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A program that hears of everything. Signed as the Standard Webhooks specification has it: HMAC-SHA256 over id, second
 * and body, so that it can be told from a forgery and from a replay.
 */
final class SignedWebhook implements Target {
    private static final String ALGORITHM = "HmacSHA256";

    private final URI uri;
    private final List<SecretKeySpec> keys;

    SignedWebhook(Notifying.Webhook webhook) {
        this.uri = webhook.uri();
        this.keys = webhook.secrets().stream()
                .map(secret -> new SecretKeySpec(Base64.getDecoder().decode(secret), ALGORITHM))
                .toList();
    }

    @Override
    public String name() {
        return "webhook";
    }

    @Override
    public URI uri() {
        return uri;
    }

    /** The id is the same with each attempt, the signature is not. */
    @Override
    public Message message(Made notice, Instant now) {
        String id = "notice_" + notice.id();
        String second = Long.toString(now.getEpochSecond());
        String body = new JsonObject()
                .put("type", notice.notice().kind().type())
                .put("timestamp", notice.at().toString())
                .put("data", data(notice))
                .encode();
        String signed = id + "." + second + "." + body;
        return new Message(
                Buffer.buffer(body),
                Map.of(
                        "webhook-id",
                        id,
                        "webhook-timestamp",
                        second,
                        "webhook-signature",
                        keys.stream().map(key -> "v1," + hmac(key, signed)).collect(Collectors.joining(" "))));
    }

    private static JsonObject data(Made notice) {
        JsonObject data = new JsonObject()
                .put("flag", notice.notice().flagKey())
                .put("text", notice.notice().text());
        notice.notice().details().forEach(data::put);
        return data;
    }

    private static String hmac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
