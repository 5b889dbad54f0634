package dev.turnout.bench;

import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Stride;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What an application feels: the latency of single-row updates, one every two milliseconds, with nothing beside them and then
 * during the backfill of the same table. The two take turns, round by round, so what the machine itself lets a write wait
 * shows in the first.
 */
final class Stall {
    private static final Duration ALONE = Duration.ofSeconds(2);

    private final Workload workload;
    private final PrintStream out;

    Stall(Workload workload, PrintStream out) {
        this.workload = workload;
        this.out = out;
    }

    void run(long rows, int rounds) throws SQLException, InterruptedException {
        out.println("an application's single-row UPDATE, one every 2 ms; milliseconds alone, then during the backfill");
        out.printf("%-9s %6s", "round", "load");
        out.printf(" | %7s %7s %7s %7s".repeat(2) + "%n", heads());
        Ratios[] all = {new Ratios(), new Ratios(), new Ratios(), new Ratios()};
        for (int round = 1; round <= rounds; round++) {
            double load = Print.load();
            try (Rig rig = Rig.open(workload, rows)) {
                Writer.Latency alone = latency(rig, rest());
                Writer.Latency during = latency(rig, Work.backfill(1));
                out.printf("%-9d %6.1f", round, load);
                out.printf(
                        " | %,7d %7.2f %7.2f %7.2f".repeat(2) + "%n",
                        alone.writes(),
                        alone.median(),
                        alone.p999(),
                        alone.worst(),
                        during.writes(),
                        during.median(),
                        during.p999(),
                        during.worst());
                all[0].add(alone.p999());
                all[1].add(alone.worst());
                all[2].add(during.p999());
                all[3].add(during.worst());
            }
        }
        out.printf(
                "median over the rounds: p99.9 %.2f alone, %.2f during backfill; worst %.2f alone, %.2f during backfill"
                        + " (target under 100 ms)%n",
                all[0].median(), all[2].median(), all[1].median(), all[3].median());
    }

    private static Object[] heads() {
        return new Object[] {"writes", "median", "p99.9", "worst", "writes", "median", "p99.9", "worst"};
    }

    private static PhaseWork rest() {
        long until = System.nanoTime() + ALONE.toNanos();
        return site ->
                System.nanoTime() < until ? new Stride.Wait(Duration.ofMillis(10), "rest") : new Stride.Done("rested");
    }

    private static Writer.Latency latency(Rig rig, PhaseWork work) throws SQLException, InterruptedException {
        Writer writer = Writer.start(rig);
        Drive.over(rig, work, 1);
        return writer.stop();
    }
}
