package dev.turnout.server.http;

import dev.turnout.server.control.AuditEntry;
import dev.turnout.server.control.AuditStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/audit}: who changed what, and why; the newest first. */
final class AuditResource implements Resource {
    private static final int MOST = 1000;

    private final AuditStore audit;

    AuditResource(AuditStore audit) {
        this.audit = audit;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.READ_AUDIT, this::read);
    }

    /** Query: {@code subject}, as an entry shows it; {@code before}, an id to page on; {@code limit}. */
    private Future<Answer> read(Call call) {
        int limit = (int) call.whole("limit", 1, MOST, 100);
        long before = call.whole("before", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        Future<List<AuditEntry>> entries = call.query("subject")
                .map(subject -> audit.newestOf(subject, before, limit))
                .orElseGet(() -> audit.newest(before, limit));
        return entries.map(found -> Answer.ok(
                Map.of("entries", found.stream().map(AuditResource::document).toList())));
    }

    private static Map<String, Object> document(AuditEntry entry) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", entry.id());
        document.put("at", entry.at());
        document.put("actor", entry.change().actor());
        document.put("action", entry.action());
        document.put("subject", entry.subject());
        document.put("reason", entry.change().reason());
        entry.before().ifPresent(before -> document.put("before", Wire.read(Buffer.buffer(before))));
        entry.after().ifPresent(after -> document.put("after", Wire.read(Buffer.buffer(after))));
        return document;
    }
}
