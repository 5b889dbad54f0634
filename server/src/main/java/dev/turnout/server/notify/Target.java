package dev.turnout.server.notify;

import dev.turnout.server.control.NoticeStore.Made;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/** Where notices are sent, and in which form. */
interface Target {
    /** Stable: deliveries are kept by it. */
    String name();

    URI uri();

    /** @param now real time */
    Message message(Made notice, Instant now);

    /** A body, which is JSON, and the headers that go with it. */
    record Message(Buffer body, Map<String, String> headers) {
        public Message {
            headers = Map.copyOf(headers);
        }
    }
}
