package dev.turnout.bench;

import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Stride;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;

/**
 * Rows per second of the backfill beside the very same statements issued raw, and the worst stall of an application's
 * single-row writes meanwhile. Engine and baseline take turns batch by batch, each on a database of its own, so both feel
 * what else the machine does; compare only figures of one run. When all chunks are done the engine sweeps once over the whole table for rows that are left; the baseline does not, so the ratio is given without
 * and with that sweep.
 */
final class BackfillBench {
    private final Workload workload;
    private final PrintStream out;

    BackfillBench(Workload workload, PrintStream out) {
        this.workload = workload;
        this.out = out;
    }

    /** @param arguments as {@link Order}, by default of a million rows and three rounds */
    public static void main(String[] arguments) throws Exception {
        Order order = Order.of(arguments, 1_000_000, 3);
        PrintStream out = Print.out();
        Print.machine(out);
        for (Workload workload : order.workloads()) {
            new BackfillBench(workload, out).run(order.rows(), order.rounds());
        }
    }

    void run(long rows, int rounds) throws Exception {
        out.printf(
                "%n%s: %,d %s, batches aim at %d ms, one lane%n",
                workload, rows, workload.target(), Work.BATCH.toMillis());
        out.printf(
                "%-7s %12s %14s %8s %16s %9s%n",
                "round", "raw rows/s", "engine rows/s", "ratio", "ratio with sweep", "batches");
        Ratios ratios = new Ratios();
        for (int round = 1; round <= rounds; round++) {
            ratios.add(round(round, rows));
        }
        out.printf("median ratio %.2f (target at least 0.80)%n", ratios.median());
        stall(rows);
    }

    private double round(int round, long rows) throws SQLException {
        long engine = 0;
        long raw = 0;
        int batches = 0;
        long sweep = 0;
        try (Rig rig = Rig.open(workload, rows);
                Rig twin = Rig.twin(workload, rows);
                Batches taken = Batches.of(rig)) {
            twin.bare();
            try (RawStatement statement = RawStatement.of(twin, RawSql.move(twin))) {
                Backfill backfill = Work.backfill(1);
                Stride stride;
                do {
                    long begun = System.nanoTime();
                    stride = rig.stride(backfill, 0);
                    long took = System.nanoTime() - begun;
                    if (stride instanceof Stride.Again) {
                        engine += took;
                    }
                    sweep = took;
                    for (Range range : taken.next()) {
                        raw += statement.issue(range);
                        batches++;
                    }
                } while (!(stride instanceof Stride.Done));
            }
        }
        double ratio = (double) raw / engine;
        out.printf(
                "%-7d %,12.0f %,14.0f %8.2f %16.2f %,9d%n",
                round, rows * 1e9 / raw, rows * 1e9 / engine, ratio, (double) raw / (engine + sweep), batches);
        return ratio;
    }

    private void stall(long rows) throws SQLException, InterruptedException {
        try (Rig rig = Rig.open(workload, rows)) {
            out.println("an application's single-row UPDATE, one every 2 ms, in milliseconds");
            out.printf("%-16s %8s %8s %8s %8s%n", "", "writes", "median", "p99", "worst");
            latency("alone", rig, rest());
            Backfill backfill = Work.backfill(1);
            latency("during backfill", rig, backfill);
            out.println("worst stall: target under 100 ms");
        }
    }

    /** Nothing for three seconds: what the application feels without a backfill. */
    private static PhaseWork rest() {
        long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        return site ->
                System.nanoTime() < until ? new Stride.Wait(Duration.ofMillis(10), "rest") : new Stride.Done("rested");
    }

    private void latency(String name, Rig rig, PhaseWork work) throws SQLException, InterruptedException {
        Writer writer = Writer.start(rig);
        Drive.over(rig, work, 1);
        Writer.Latency latency = writer.stop();
        out.printf(
                "%-16s %,8d %8.2f %8.2f %8.2f%n",
                name, latency.writes(), latency.median(), latency.p99(), latency.worst());
    }
}
