package dev.turnout.server.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnout.server.control.Notice;
import dev.turnout.server.control.NoticeStore.Made;
import dev.turnout.server.settings.Notifying;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What is sent, and when again. */
class MessagesTest {
    private static final URI ADDRESS = URI.create("https://hooks.example.com/secret");
    private static final Made NOTICE = new Made(
            17,
            Instant.parse("2026-01-05T09:00:00Z"),
            Notice.of(Notice.Kind.ROLLED_BACK, "f", "f: rolled back: <!channel> & <https://evil|x>")
                    .with("incident", 3));

    @Test
    void a_program_gets_a_signature_over_id_second_and_body_by_every_secret() throws Exception {
        String first = Base64.getEncoder().encodeToString("0123456789012345678901234".getBytes(StandardCharsets.UTF_8));
        String second =
                Base64.getEncoder().encodeToString("another secret of 32 bytes......".getBytes(StandardCharsets.UTF_8));
        SignedWebhook target = new SignedWebhook(new Notifying.Webhook(ADDRESS, List.of(first, second)));

        Target.Message message = target.message(NOTICE, Instant.ofEpochSecond(1_700_000_000, 999_999_999));

        assertThat(new JsonObject(message.body()))
                .isEqualTo(new JsonObject()
                        .put("type", "flag.rolled_back")
                        .put("timestamp", "2026-01-05T09:00:00Z")
                        .put(
                                "data",
                                new JsonObject()
                                        .put("flag", "f")
                                        .put("text", NOTICE.notice().text())
                                        .put("incident", 3)));
        assertThat(message.headers())
                .containsEntry("webhook-id", "notice_17")
                .containsEntry("webhook-timestamp", "1700000000");
        String signed = "notice_17.1700000000." + message.body();
        assertThat(message.headers().get("webhook-signature"))
                .isEqualTo("v1," + hmac(first, signed) + " v1," + hmac(second, signed));
    }

    /** The specification's own example. */
    @Test
    void the_signature_is_that_of_the_standard() throws Exception {
        assertThat(hmac(
                        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}"))
                .isEqualTo("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    private static String hmac(String secret, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret), "HmacSHA256"));
        return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void people_get_a_text_that_calls_no_channel_and_makes_no_link() {
        JsonObject body =
                new JsonObject(new Slack(ADDRESS).message(NOTICE, Instant.EPOCH).body());

        assertThat(body.getString("text"))
                .isEqualTo(":rotating_light: f: rolled back: &lt;!channel&gt; &amp; &lt;https://evil|x&gt;");
    }

    @Test
    void pauses_grow_to_half_an_hour_and_end_after_ten_hours() {
        assertThat(Backoff.after(1)).contains(Duration.ofSeconds(2));
        assertThat(Backoff.after(5)).contains(Duration.ofSeconds(32));
        assertThat(Backoff.after(11)).contains(Duration.ofMinutes(30));
        assertThat(Backoff.after(Backoff.MOST_ATTEMPTS)).isEmpty();
        Duration all = Duration.ZERO;
        for (int attempt = 1; attempt < Backoff.MOST_ATTEMPTS; attempt++) {
            all = all.plus(Backoff.after(attempt).orElseThrow());
        }
        assertThat(all).isBetween(Duration.ofHours(9), Duration.ofHours(11));
    }
}
