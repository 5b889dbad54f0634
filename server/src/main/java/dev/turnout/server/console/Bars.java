package dev.turnout.server.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How far the work of a phase is, from what the API tells of it to any depth. Pure. */
final class Bars {
    private Bars() {}

    /** @param words figures beside it */
    record Bar(String name, long percent, String words) {}

    static List<Bar> of(Doc progress) {
        List<Bar> bars = new ArrayList<>();
        collect(progress, "progress", bars);
        return bars;
    }

    private static void collect(Doc node, String name, List<Bar> bars) {
        if (node.has("done") && node.has("total")) {
            bars.add(bar(name, node));
        } else if (node.isObject()) {
            node.members().forEach((member, inner) -> collect(inner, member, bars));
        }
    }

    private static Bar bar(String name, Doc node) {
        long done = node.number("done");
        long total = Math.max(done, node.number("total"));
        // The server has the last word: it says 100 only of what is no estimate.
        long percent = node.has("percent") ? node.number("percent") : total == 0 ? 100 : 100 * done / total;
        List<String> words = new ArrayList<>();
        words.add(Numbers.whole(done) + " of " + (node.is("estimated") ? "about " : "") + Numbers.whole(total) + " "
                + node.text("unit"));
        if (node.decimal("perSecond") > 0) {
            words.add(String.format(Locale.ROOT, "%.0f/s", node.decimal("perSecond")));
        }
        left(node.at("secondsLeft"), words);
        if (node.number("throttledPercent") > 0) {
            words.add("throttled " + node.number("throttledPercent") + " % of the time");
        }
        if (node.number("rejected") > 0) {
            words.add(Numbers.whole(node.number("rejected")) + " rejected");
        }
        return new Bar(name, percent, String.join(" · ", words));
    }

    private static void left(Doc range, List<String> words) {
        if (range.has("from")) {
            String from = Times.span(java.time.Duration.ofSeconds(range.number("from")));
            String to = range.has("to") ? Times.span(java.time.Duration.ofSeconds(range.number("to"))) : "";
            words.add(
                    to.isEmpty()
                            ? "at least " + from + " left"
                            : (from.equals(to) ? from : from + " to " + to) + " left");
        }
    }
}
