package dev.turnout.server.http;

import dev.turnout.server.control.NoticeStore;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/notifications}: what was told to the outside, and where it has arrived; the newest first. */
final class NoticesResource implements Resource {
    private final NoticeStore notices;

    NoticesResource(NoticeStore notices) {
        this.notices = notices;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.LIST_NOTIFICATIONS, this::list);
    }

    private Future<Answer> list(Call call) {
        return notices.page(call.windowFromNewest(), call.query("flag"))
                .map(page ->
                        Answer.page("notifications", page, NoticesResource::document, call.limit(), each -> each.made()
                                .id()));
    }

    private static Map<String, Object> document(NoticeStore.Entry entry) {
        NoticeStore.Made made = entry.made();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", made.id());
        document.put("type", made.notice().kind().type());
        document.put("at", made.at());
        document.put("flag", made.notice().flagKey());
        document.put("text", made.notice().text());
        document.put("details", made.notice().details());
        document.put("deliveries", entry.deliveries());
        return document;
    }
}
