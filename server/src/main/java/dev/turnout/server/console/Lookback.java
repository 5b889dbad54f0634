package dev.turnout.server.console;

import dev.turnout.server.http.Endpoint;
import dev.turnout.server.http.Inside.Ask;
import java.time.Duration;
import java.util.Arrays;

/** How far back the charts of a guard go: a rollback is seen in minutes, a step in days. */
enum Lookback {
    TWO_HOURS("2h", "2 hours", Duration.ofHours(2)),
    DAY("1d", "day", Duration.ofDays(1)),
    TWO_WEEKS("14d", "2 weeks", Duration.ofDays(14));

    /** More than these nobody tells apart on a chart. */
    private static final int STRETCHES = 240;

    private final String word;
    private final String name;
    private final Duration back;

    Lookback(String word, String name, Duration back) {
        this.word = word;
        this.name = name;
        this.back = back;
    }

    /** As the address of the page has it; a day unless it has one. */
    static Lookback of(Visit visit) {
        String word = visit.query("guard").orElse("");
        return Arrays.stream(values())
                .filter(reach -> reach.word.equals(word))
                .findFirst()
                .orElse(DAY);
    }

    /** In an address. */
    String word() {
        return word;
    }

    /** For people. */
    String words() {
        return name;
    }

    Ask ask(String flag) {
        return Ask.of(Endpoint.READ_GUARD).at("key", flag).where("minutes", String.valueOf(back.toMinutes()));
    }

    /** How long a stretch of the chart is, of points that wide: a whole number of them. */
    Duration stretch(Duration width) {
        long points = back.dividedBy(width);
        return width.multipliedBy((points + STRETCHES - 1) / STRETCHES);
    }
}
