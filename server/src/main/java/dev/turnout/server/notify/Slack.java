package dev.turnout.server.notify;

import dev.turnout.server.control.NoticeStore.Made;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** A channel of people: an incoming webhook of Slack, Mattermost or whatever else takes {@code {"text": …}}. */
final class Slack implements Target {
    private final URI uri;

    Slack(URI uri) {
        this.uri = uri;
    }

    @Override
    public String name() {
        return "slack";
    }

    @Override
    public URI uri() {
        return uri;
    }

    /** What an alert says of itself must not call the whole channel, or look like a link: Slack's three characters. */
    @Override
    public Message message(Made notice, Instant now) {
        String mark =
                switch (notice.notice().kind()) {
                    case ROLLED_BACK, ROLLBACK_REFUSED -> ":rotating_light: ";
                    case PAUSED, ALERTED, APPROVAL_AWAITED -> ":warning: ";
                    case ACKNOWLEDGED, STEP_ENTERED -> "";
                };
        String text = notice.notice()
                .text()
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
        return new Message(
                Buffer.buffer(new JsonObject().put("text", mark + text).encode()), Map.of());
    }
}
