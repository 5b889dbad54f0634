package dev.turnout.server.http;

import dev.turnout.server.control.Verification;
import java.util.LinkedHashMap;
import java.util.Map;

/** What somebody wanted verified anew, as people and programs read it. */
final class VerificationDocument {
    private VerificationDocument() {}

    static Map<String, Object> write(Verification verification) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", verification.id());
        verification.table().ifPresent(table -> document.put("table", table));
        document.put("state", verification.state());
        document.put("askedAt", verification.asked().at());
        document.put("askedBy", verification.asked().by());
        document.put("reason", verification.asked().reason());
        document.put("chunks", verification.chunks());
        document.put("done", verification.done());
        document.put("differences", verification.differences());
        verification.overAt().ifPresent(at -> document.put("overAt", at));
        verification.unmet().ifPresent(because -> document.put("unmet", because));
        return document;
    }
}
