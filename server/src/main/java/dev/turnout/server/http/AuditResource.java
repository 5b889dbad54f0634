package dev.turnout.server.http;

import dev.turnout.server.control.AuditEntry;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.Listings.OfAudit;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** {@code /api/v1/audit}: who changed what, and why; the newest first. */
final class AuditResource implements Resource {
    private final Listings listings;

    AuditResource(Listings listings) {
        this.listings = listings;
    }

    @Override
    public Map<Endpoint, Function<Call, Future<Answer>>> answers() {
        return Map.of(Endpoint.READ_AUDIT, this::read);
    }

    private Future<Answer> read(Call call) {
        OfAudit filter = new OfAudit(call.query("subject"), call.query("actor"), call.query("action"));
        return listings.audit(call.windowFromNewest(), filter)
                .map(found -> Answer.page("entries", found, AuditResource::document, call.limit(), AuditEntry::id));
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
