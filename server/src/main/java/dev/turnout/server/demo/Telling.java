package dev.turnout.server.demo;

import dev.turnout.flags.Weight;
import dev.turnout.migration.Phase;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells a newcomer what happens, one short line per step, and shows where it stands. Used by one thread. */
final class Telling {
    private static final Map<Phase, String> MEANING = new EnumMap<>(Map.ofEntries(
            Map.entry(Phase.CREATED, "the spec is checked against the database before anything changes"),
            Map.entry(Phase.EXPANDING, "new tables and columns are added; the application does not notice"),
            Map.entry(Phase.SYNCING, "triggers go on: from here every write lands on both sides"),
            Map.entry(Phase.ANALYZING, "the ways in which times are written are counted before a row is touched"),
            Map.entry(Phase.BACKFILLING, "the rows from before the triggers are filled in, in small batches"),
            Map.entry(Phase.VERIFYING, "every row is compared, old against new"),
            Map.entry(Phase.READY, "the way back is rehearsed before the way forward opens"),
            Map.entry(Phase.ROLLING_OUT, "the flag moves patients to the new code, step by step"),
            Map.entry(
                    Phase.SOAKING, "everybody is on the new code; the old side is kept current until it has been calm"),
            Map.entry(Phase.CONTRACTING, "the old columns, index, table and enum are taken away"),
            Map.entry(Phase.DONE, "the migration is done"),
            Map.entry(Phase.PAUSED, "somebody paused it: turnout resume " + Operator.MIGRATION),
            Map.entry(Phase.ROLLING_BACK, "somebody rolls it back")));

    private final Screen screen;
    private final Clock clock;
    private final Story story;
    private long countedNanos = System.nanoTime();
    private @Nullable Phase phase;
    private Weight weight = Weight.NONE;

    /** @param clock business time */
    Telling(Screen screen, Clock clock, Story story) {
        this.screen = screen;
        this.clock = clock;
        this.story = story;
    }

    Story story() {
        return story;
    }

    void step(String line) {
        screen.say(String.format(Locale.ROOT, "%7s  %s", seconds(passed()), line));
    }

    void detail(String line) {
        screen.say("           " + line);
    }

    /** Says what has changed since the last look. */
    void follow(Standing now) {
        boolean first = phase == null;
        if (now.phase() != phase) {
            phase = now.phase();
            step("@|bold " + phase + "|@ " + MEANING.getOrDefault(phase, now.because()));
        }
        if (!now.weight().equals(weight)) {
            // The first look of a process that goes on finds the flag where it is.
            step(
                    first
                            ? "the flag is at " + now.weight()
                            : "the flag goes from " + weight + " to @|bold " + now.weight() + "|@ of the patients");
            weight = now.weight();
        }
    }

    /** Redraws the block. */
    void show(Standing now, BookingApplication application, Ledger ledger, String console) {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("  phase     " + now.phase() + (now.waitingFor().isEmpty() ? "" : ", waiting: " + now.waitingFor()));
        now.progress().forEach(bar -> lines.add("            " + bar));
        lines.add("  flag      " + Standing.bar((double) now.weight().hundredThousandths() / Weight.WHOLE) + "  "
                + now.rolloutBecause());
        Latencies latencies = application.latencies();
        lines.add(String.format(
                Locale.ROOT,
                "  bookings  %,d acknowledged, %,d calls failed, half of the calls within %s, 99 %% within %s",
                ledger.acknowledged(),
                application.failures(),
                millis(latencies.quantile(0.5)),
                millis(latencies.quantile(0.99))));
        Duration business = Duration.between(Hospital.START, clock.instant());
        lines.add(String.format(
                Locale.ROOT,
                "  clock     day %d, %02d:00 of the hospital; %s",
                business.toDays() + 1,
                business.toHoursPart(),
                console));
        screen.show(lines);
    }

    /** Real time, earlier processes included. */
    Duration passed() {
        return story.ran().plusNanos(System.nanoTime() - countedNanos);
    }

    /** Keeps the time that has passed, about once a second. */
    void tick() throws IOException {
        Duration uncounted = Duration.ofNanos(System.nanoTime() - countedNanos);
        if (uncounted.toSeconds() >= 1) {
            story.ran(uncounted);
            countedNanos += uncounted.toNanos();
        }
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    static String millis(Duration duration) {
        return String.format(Locale.ROOT, duration.toMillis() < 10 ? "%.2f ms" : "%.0f ms", duration.toNanos() / 1e6);
    }
}
