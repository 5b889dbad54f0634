package dev.turnout.server.console;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What was done to the schema, and the latest batches, in words. Pure. */
record Log(List<Change> changes, List<Table> tables) {
    /** @param kind of its tag; empty: it needs none */
    record Change(Doc doc, String what, String state, String kind, String took) {}

    record Table(String name, List<Doc> batches) {}

    static Log of(Doc log) {
        return new Log(
                log.list("changes").stream().map(Log::change).toList(),
                log.at("batches").members().entrySet().stream()
                        .map(table -> new Table(table.getKey(), table.getValue().list()))
                        .toList());
    }

    private static Change change(Doc doc) {
        boolean undo = doc.is("undo");
        String state = doc.text("state");
        return new Change(
                doc,
                doc.text("change"),
                undo ? undone(state) : words(state),
                switch (state) {
                    case "FAILED" -> "failed";
                    case "BEGUN" -> "unknown";
                    default -> "";
                },
                doc.has("tookMs") ? took(doc, "tookMs") : "–");
    }

    private static String undone(String state) {
        return state.equals("APPLIED") ? "taken back" : words(state) + " to take it back";
    }

    private static String words(String state) {
        return switch (state) {
            case "APPLIED" -> "done";
            case "ADOPTED" -> "was there";
            case "CUT" -> "not finished, taken back";
            default -> state.toLowerCase(Locale.ROOT);
        };
    }

    static String took(Doc doc, String name) {
        return Times.span(Duration.ofMillis(doc.number(name)));
    }
}
