package dev.turnout.server.demo;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;

/** What was proven, in figures. */
final class Report {
    private static final Duration NOISE = Duration.ofMillis(1);

    private final Telling telling;
    private final BookingApplication application;
    private final DataSource clinic;

    Report(Telling telling, BookingApplication application, DataSource clinic) {
        this.telling = telling;
        this.application = application;
        this.clinic = clinic;
    }

    /** @return whether everything is as it was promised */
    boolean print(Screen screen) throws SQLException, IOException {
        Story story = telling.story();
        Facts facts = Facts.read(clinic);
        story.finding("reservations", facts.toString(), !facts.asPromised());
        dayQuery(story);
        boolean rolledBack = story.findings().stream()
                .anyMatch(line -> line.startsWith("automatic rollback") && line.contains("OUTCOMES"));
        if (!rolledBack) {
            story.finding("automatic rollback", "NONE, although a bad release was deployed", true);
        }
        Latencies latencies = application.latencies();
        screen.say("");
        screen.say("@|bold What was proven|@");
        story.findings().forEach(line -> screen.say("  " + line));
        screen.say(String.format(
                Locale.ROOT,
                "  calls%s: %,d, of which %,d failed; half within %s, 99 %% within %s, the slowest %s",
                story.resumed() ? " since the last start" : "",
                application.calls(),
                application.failures(),
                Telling.millis(latencies.quantile(0.5)),
                Telling.millis(latencies.quantile(0.99)),
                Telling.millis(latencies.worst())));
        screen.say("  wall time: " + Telling.seconds(telling.passed()));
        screen.say(
                story.bad()
                        ? "@|red,bold NOT everything is as it was promised.|@"
                        : "@|green,bold Nothing was lost.|@");
        return !story.bad();
    }

    /** The same as JSON values, once it is printed. */
    Map<String, Object> document() {
        Latencies latencies = application.latencies();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("proven", !telling.story().bad());
        document.put("findings", telling.story().findings());
        document.put("calls", application.calls());
        document.put("failures", application.failures());
        document.put("halfWithinSeconds", seconds(latencies.quantile(0.5)));
        document.put("99PercentWithinSeconds", seconds(latencies.quantile(0.99)));
        document.put("slowestSeconds", seconds(latencies.worst()));
        document.put("wallSeconds", seconds(telling.passed()));
        return document;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private void dayQuery(Story story) throws SQLException, IOException {
        Duration after = Facts.dayQuery(clinic, Arm.NEW);
        Optional<Duration> before = story.measured("dayQueryBefore");
        story.finding(
                "one day's confirmed morning reservations",
                before.map(Telling::millis).orElse("?") + " before, " + Telling.millis(after) + " after",
                before.filter(time -> plainlySlower(time, after)).isPresent());
    }

    /**
     * Whether it is slower beyond the noise of one machine: two medians of a tenth of a millisecond differ by chance, a
     * missing index by tens of milliseconds. Pure.
     */
    static boolean plainlySlower(Duration before, Duration after) {
        return after.compareTo(before.multipliedBy(2).plus(NOISE)) > 0;
    }
}
