package dev.turnout.migration;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What an operator says about how the backfill goes about its work, at the start and while it runs; what is empty, the
 * engine decides. It travels as words, the same in a spec, over the API and in the control state.
 *
 * @param batch how long a batch should last: the longest that an application waits for the backfill
 * @param lanes strides at once, the most; fewer while they get in each other's or an application's way
 * @param throttled why the backfill must not move a row until somebody says otherwise
 * @param lag a replica may be behind before the backfill waits
 * @param query that tells whether the backfill must wait: one row, its first column true or false, its second the reason
 * @param window outside of which the backfill waits
 */
public record Tuning(
        Optional<Duration> batch,
        Optional<Integer> lanes,
        Optional<String> throttled,
        Optional<Duration> lag,
        Optional<String> query,
        Optional<Window> window) {
    public static final int MOST_LANES = 16;
    public static final Tuning NONE = read(Map.of(), (name, wrong) -> {});

    /** In the order in which they are shown. */
    public static final List<String> NAMES = List.of("batch", "lanes", "throttle", "lag", "query", "window");

    private static final Duration SHORTEST_BATCH = Duration.ofMillis(10);
    private static final Duration LONGEST_BATCH = Duration.ofSeconds(2);
    private static final Duration LONGEST_LAG = Duration.ofDays(1);

    /** @param wrong told the name and what is wrong with its word; the result is of no use then */
    public static Tuning read(Map<String, String> words, BiConsumer<String, String> wrong) {
        words.keySet().stream()
                .filter(name -> !NAMES.contains(name))
                .forEach(name -> wrong.accept(name, "is not known here; known: " + String.join(", ", NAMES)));
        return new Tuning(
                word(words, "batch").map(text -> duration("batch", text, SHORTEST_BATCH, LONGEST_BATCH, wrong)),
                word(words, "lanes").map(text -> lanes(text, wrong)),
                word(words, "throttle").map(text -> reason(text, wrong)),
                word(words, "lag").map(text -> duration("lag", text, SHORTEST_BATCH, LONGEST_LAG, wrong)),
                word(words, "query").map(text -> query(text, wrong)),
                word(words, "window").flatMap(text -> window(text, wrong)));
    }

    /** What was accepted before. */
    public static Tuning of(Map<String, String> words) {
        return read(words, (name, wrong) -> {
            throw new IllegalStateException(name + " " + wrong);
        });
    }

    /** What {@link #read} makes the same of; without what is empty. */
    public Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        batch.ifPresent(value -> words.put("batch", value.toMillis() + "ms"));
        lanes.ifPresent(value -> words.put("lanes", value.toString()));
        throttled.ifPresent(value -> words.put("throttle", value));
        lag.ifPresent(value -> words.put("lag", value.toMillis() + "ms"));
        query.ifPresent(value -> words.put("query", value));
        window.ifPresent(value -> words.put("window", value.toString()));
        return words;
    }

    private static Optional<String> word(Map<String, String> words, String name) {
        return Optional.ofNullable(words.get(name)).map(String::strip);
    }

    private static Duration duration(
            String name, String text, Duration least, Duration most, BiConsumer<String, String> wrong) {
        Optional<Duration> read = Durations.parse(text);
        if (read.isEmpty() || read.get().compareTo(least) < 0 || read.get().compareTo(most) > 0) {
            wrong.accept(
                    name,
                    "must be a duration from %d ms to %d s, such as 100ms, not '%s'"
                            .formatted(least.toMillis(), most.toSeconds(), text));
        }
        return read.orElse(least);
    }

    private static Integer lanes(String text, BiConsumer<String, String> wrong) {
        boolean number = text.matches("\\d{1,2}");
        if (!number || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_LANES) {
            wrong.accept("lanes", "must be a whole number from 1 to " + MOST_LANES + ", not '" + text + "'");
            return 1;
        }
        return Integer.valueOf(text);
    }

    private static String reason(String text, BiConsumer<String, String> wrong) {
        if (text.isEmpty()) {
            wrong.accept("throttle", "must be the reason why the backfill waits");
        }
        return text;
    }

    private static String query(String text, BiConsumer<String, String> wrong) {
        if (!SqlText.isQuery(text)) {
            wrong.accept("query", "must be one statement that begins with SELECT or WITH, not '" + text + "'");
        }
        return text;
    }

    private static Optional<Window> window(String text, BiConsumer<String, String> wrong) {
        Optional<Window> window = Window.parse(text);
        if (window.isEmpty()) {
            wrong.accept(
                    "window",
                    "must be two times of the day and a time zone, such as " + Window.LIKE + ", not '" + text + "'");
        }
        return window;
    }
}
