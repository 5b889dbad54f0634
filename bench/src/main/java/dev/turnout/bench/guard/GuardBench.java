package dev.turnout.bench.guard;

import dev.turnout.bench.guard.Traffic.Habits;
import dev.turnout.bench.guard.Traffic.Kind;
import dev.turnout.flags.Weight;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Days of simulated calls through the guard itself, beside rules that others use. Seeded: the figures are the same on any
 * machine.
 */
final class GuardBench {
    /** Share of calls that fail on a usual day. */
    private static final double USUAL = 0.002;

    private static final int[] PERCENTS = {1, 10, 50};
    private static final int[] TIMES = {2, 5, 25};
    private static final int HOUR = 3600 / Traffic.LOOK_SECONDS;
    private static final int DAY = 24 * HOUR;
    private static final int SPIKE_BEGINS = 6 * HOUR;
    private static final int SPIKE_LOOKS = 10 * Rule.LOOKS_A_MINUTE;
    private static final int SPIKE_TIMES = 20;
    private static final int BUSY = 200;

    private final PrintStream out;
    private final int daysOfEach;
    private final int lives;

    /**
     * @param daysOfEach flag-days of each healthy world and weight
     * @param lives releases that turn bad, of each kind
     */
    GuardBench(PrintStream out, int daysOfEach, int lives) {
        this.out = out;
        this.daysOfEach = daysOfEach;
        this.lives = lives;
    }

    /** Arguments: flag-days of each healthy world, by default 84 (1 008 in all); releases of each bad kind, by default 200. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int days = args.length > 0 ? Integer.parseInt(args[0]) : 84;
        int lives = args.length > 1 ? Integer.parseInt(args[1]) : 200;
        new GuardBench(out, days, lives).run();
    }

    /** @return healthy days on which the guard went back */
    int run() {
        print("A look every %d s; on a usual day %.1f %% of the calls fail.", Traffic.LOOK_SECONDS, 100 * USUAL);
        print(
                "Flagger: five minutes with more than 1 %% failed. z-test: of two proportions, 5 min, each minute, 1 %%.");
        print("");
        print("False rollbacks of a healthy flag within 24 h, of %d flag-days each", daysOfEach);
        print("%-52s %6s %10s %9s %9s   %s", "", "", "guard", "Flagger", "z-test", "suspicion, share of looks above");
        print("%-52s %6s %10s %9s %9s   %8s %8s", "world", "weight", "", "", "", "10", "1000");
        int falseAlarms = 0;
        int days = 0;
        for (World world : World.values()) {
            if (world == World.STUMBLES) {
                print("the guard in all: %d false rollbacks in %d flag-days", falseAlarms, days);
                print("beyond what is promised, as units do not fail for themselves:");
            }
            for (int percent : PERCENTS) {
                int back = healthy(world, percent);
                falseAlarms += world == World.STUMBLES ? 0 : back;
                days += daysOfEach;
            }
        }
        print("");
        print("Seconds from the change to the rollback, median / p95 of %d releases, up to an hour", lives);
        print("(%d calls/s; - where half of them, or 5 %%, were not found by then)", BUSY);
        print("%-28s %6s %5s %16s %16s %16s", "", "weight", "times", "guard", "Flagger", "z-test");
        for (Turn turn : Turn.values()) {
            for (int percent : PERCENTS) {
                for (int times : TIMES) {
                    bad(turn, percent, times);
                }
            }
        }
        return falseAlarms;
    }

    /** What a healthy flag lives through. */
    private enum World {
        CALM("200 calls/s", BUSY, Kind.INDEPENDENT, false, false),
        SPIKE("200 calls/s, both sides fail 20-fold for 10 min", BUSY, Kind.INDEPENDENT, false, true),
        RETRIES("200 calls/s, a unit that fails fails five times", BUSY, Kind.RETRIES, false, false),
        BYSTANDER("40 calls/s, one new unit fails for ever", 40, Kind.INDEPENDENT, true, false),
        /** The last one, not counted with the others. */
        STUMBLES("200 calls/s, five units of one side fail at once", BUSY, Kind.STUMBLES, false, false);

        private final String words;
        private final int callsPerSecond;
        private final Kind kind;
        private final boolean bystander;
        private final boolean spike;

        World(String words, int callsPerSecond, Kind kind, boolean bystander, boolean spike) {
            this.words = words;
            this.callsPerSecond = callsPerSecond;
            this.kind = kind;
            this.bystander = bystander;
            this.spike = spike;
        }

        double rate(int look) {
            boolean now = spike && look >= SPIKE_BEGINS && look < SPIKE_BEGINS + SPIKE_LOOKS;
            return now ? SPIKE_TIMES * USUAL : USUAL;
        }

        Habits habits(int percent) {
            return new Habits(callsPerSecond, new Weight(percent * 1000), kind, bystander);
        }
    }

    /** When a release turns bad. */
    private enum Turn {
        LATER("after two clean hours", 2 * HOUR),
        AT_ONCE("from the first look", 0);

        private final String words;
        private final int cleanLooks;

        Turn(String words, int cleanLooks) {
            this.words = words;
            this.cleanLooks = cleanLooks;
        }
    }

    /** @param back by rule, whether it went back; the others: looks above a suspicion of 10, and of 1 000 */
    private record Day(List<Boolean> back, int suspected, int notCalm) {}

    private int healthy(World world, int percent) {
        List<Day> days = IntStream.range(0, daysOfEach)
                .parallel()
                .mapToObj(run -> day(world, percent, run))
                .toList();
        List<Integer> back = IntStream.range(0, Rule.ALL.size())
                .mapToObj(rule ->
                        (int) days.stream().filter(day -> day.back().get(rule)).count())
                .toList();
        double looks = (double) daysOfEach * DAY;
        print(
                "%-52s %5d%% %10s %9s %9s   %7.3f%% %7.4f%%",
                world.words,
                percent,
                share(back.get(0)),
                share(back.get(1)),
                share(back.get(2)),
                100 * days.stream().mapToInt(Day::suspected).sum() / looks,
                100 * days.stream().mapToInt(Day::notCalm).sum() / looks);
        return back.get(0);
    }

    private Day day(World world, int percent, int run) {
        Traffic traffic = new Traffic(seed(world.name(), percent, run), world.habits(percent));
        Rule.Guard guard = new Rule.Guard();
        List<Rule> rules = List.of(guard, new Rule.Threshold(), new Rule.SlidingZ());
        Boolean[] back = new Boolean[rules.size()];
        Arrays.fill(back, false);
        int suspected = 0;
        int notCalm = 0;
        for (int look = 0; look < DAY; look++) {
            Look seen = traffic.next(world.rate(look), world.rate(look));
            for (int rule = 0; rule < back.length; rule++) {
                back[rule] |= rules.get(rule).goesBack(seen);
            }
            suspected += guard.evidence() > 10 ? 1 : 0;
            notCalm += guard.evidence() > 1_000 ? 1 : 0;
        }
        return new Day(List.of(back), suspected, notCalm);
    }

    private void bad(Turn turn, int percent, int times) {
        List<List<Integer>> delays = IntStream.range(0, lives)
                .parallel()
                .mapToObj(run -> delays(turn, percent, times, run))
                .toList();
        List<String> cells = new ArrayList<>();
        for (int rule = 0; rule < Rule.ALL.size(); rule++) {
            int column = rule;
            int[] sorted =
                    delays.stream().mapToInt(each -> each.get(column)).sorted().toArray();
            cells.add(seconds(sorted, 0.5) + " / " + seconds(sorted, 0.95));
        }
        print("%-28s %5d%% %5d %16s %16s %16s", turn.words, percent, times, cells.get(0), cells.get(1), cells.get(2));
    }

    /** By rule, looks from the change to the rollback; what a rule did before the change is another table's. */
    private static List<Integer> delays(Turn turn, int percent, int times, int run) {
        Habits habits = new Habits(BUSY, new Weight(percent * 1000), Kind.INDEPENDENT, false);
        Traffic traffic = new Traffic(seed(turn.name() + times, percent, run), habits);
        List<Rule> rules = Rule.ALL.stream().map(Supplier::get).toList();
        for (int look = 0; look < turn.cleanLooks; look++) {
            Look seen = traffic.next(USUAL, USUAL);
            rules.forEach(rule -> rule.goesBack(seen));
        }
        Integer[] delays = new Integer[rules.size()];
        Arrays.fill(delays, HOUR + 1);
        for (int look = 1; look <= HOUR && Arrays.asList(delays).contains(HOUR + 1); look++) {
            Look seen = traffic.next(USUAL, times * USUAL);
            for (int rule = 0; rule < delays.length; rule++) {
                if (rules.get(rule).goesBack(seen) && delays[rule] > HOUR) {
                    delays[rule] = look;
                }
            }
        }
        return List.of(delays);
    }

    private static String seconds(int[] sortedLooks, double quantile) {
        int looks = sortedLooks[(int) Math.ceil(quantile * sortedLooks.length) - 1];
        return looks > HOUR ? "-" : Integer.toString(looks * Traffic.LOOK_SECONDS);
    }

    private String share(int count) {
        return String.format(Locale.ROOT, "%.1f%%", 100.0 * count / daysOfEach);
    }

    private static long seed(String what, int percent, int run) {
        return (what.hashCode() * 1_000L + percent) * 1_000_003L + run;
    }

    private void print(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }
}
