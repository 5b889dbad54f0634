package dev.turnout.server.console;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Values over time, as lines to be drawn. Pure.
 *
 * @param summary for those who do not see it
 * @param limits that values are held against
 */
record Chart(
        String title, String summary, List<Line> lines, List<Limit> limits, Scale scale, Instant from, Instant to) {
    static final int WIDTH = 640;
    static final int HEIGHT = 180;
    /** Room for the words of the scale. */
    private static final int LEFT = 44;

    private static final int BOTTOM = 22;
    /** Of a word beside a mark. */
    private static final int WORD = 44;

    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * @param kind of the style
     * @param values not a number where there is none
     */
    record Line(String name, String kind, Map<Instant, Double> values) {}

    /** @param name what comes of a value above it */
    record Limit(String name, double value) {}

    /**
     * A moment at which something was changed.
     *
     * @param word beside it; empty: none
     */
    record Mark(Instant at, String word) {}

    /** A place on the drawing, in its units. */
    record Point(double x, double y) {}

    static Chart of(String title, List<Line> lines) {
        return of(title, lines, List.of());
    }

    /** By powers of ten where there are limits, the highest first: what is far from them is seen as well as what is near. */
    static Chart of(String title, List<Line> lines, List<Limit> limits) {
        TreeSet<Instant> times = new TreeSet<>();
        double most = 0;
        List<String> words = new ArrayList<>();
        for (Line line : lines) {
            times.addAll(line.values().keySet());
            double largest = 0;
            double last = Double.NaN;
            for (double value : line.values().values()) {
                largest = Double.isNaN(value) ? largest : Math.max(largest, value);
                last = Double.isNaN(value) ? last : value;
            }
            most = Math.max(most, largest);
            words.add(line.name() + ": "
                    + (Double.isNaN(last) ? "no value" : "at last " + number(last) + ", at most " + number(largest)));
        }
        limits.forEach(limit -> words.add(limit.name() + " above " + Numbers.whole(Math.round(limit.value()))));
        return new Chart(
                title,
                String.join("; ", words),
                lines,
                limits,
                limits.isEmpty()
                        ? Scale.Linear.upTo(most)
                        : Scale.Logarithmic.around(limits.get(0).value(), most),
                times.isEmpty() ? Instant.EPOCH : times.first(),
                times.isEmpty() ? Instant.EPOCH : times.last());
    }

    boolean isEmpty() {
        return lines.stream().allMatch(line -> line.values().values().stream().allMatch(value -> value.isNaN()));
    }

    /** Unbroken parts of a line: where there is no value there is no line. */
    List<List<Point>> parts(Line line) {
        List<List<Point>> parts = new ArrayList<>();
        List<Point> part = new ArrayList<>();
        for (Map.Entry<Instant, Double> value : line.values().entrySet()) {
            if (value.getValue().isNaN()) {
                part = new ArrayList<>();
            } else {
                if (part.isEmpty()) {
                    parts.add(part);
                }
                part.add(new Point(x(value.getKey()), y(value.getValue())));
            }
        }
        return parts;
    }

    static String points(List<Point> part) {
        StringBuilder points = new StringBuilder();
        part.forEach(point -> points.append(String.format(Locale.ROOT, "%.1f,%.1f ", point.x(), point.y())));
        return points.toString().strip();
    }

    double x(Instant at) {
        double span = Math.max(1, to.getEpochSecond() - from.getEpochSecond());
        return LEFT + (WIDTH - LEFT - 8) * (at.getEpochSecond() - from.getEpochSecond()) / span;
    }

    double y(double value) {
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - 12) * scale.share(value);
    }

    /** What is on the drawing, the oldest first; a word for which there is no room is left out. */
    List<Mark> within(List<Mark> marks) {
        List<Mark> within = new ArrayList<>();
        double free = 0;
        for (Mark mark : marks.stream().sorted(Comparator.comparing(Mark::at)).toList()) {
            if (mark.at().isBefore(from) || mark.at().isAfter(to)) {
                continue;
            }
            boolean fits = !mark.word().isEmpty() && wordX(mark) >= free;
            within.add(fits ? mark : new Mark(mark.at(), ""));
            free = fits ? wordX(mark) + WORD : free;
        }
        return within;
    }

    /** Where the word of a mark begins. */
    double wordX(Mark mark) {
        return Math.min(x(mark.at()) + 3, WIDTH - WORD);
    }

    static String number(double value) {
        if (value >= 1_000_000) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        String text = String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
        return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
    }

    static String coordinate(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    String word(Instant at) {
        return HOUR.format(at);
    }
}
