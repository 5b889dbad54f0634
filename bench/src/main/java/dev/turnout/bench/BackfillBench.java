package dev.turnout.bench;

import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.phase.Stride;
import java.io.PrintStream;
import java.sql.SQLException;

/**
 * Rows per second of the backfill beside the very same statements issued raw over the same tables, the triggers of the dual
 * write included: without them no rows can be moved under an application. What they cost a write is shown by the same
 * statements once more, on tables that have none. Engine and baselines take turns batch by batch, each on a database of its
 * own, so all feel what else the machine does; compare only figures of one run. When all chunks are done the engine sweeps
 * once over the whole table for rows that are left; the baseline does not, so the ratio is given without and with that sweep.
 * On a busy machine each of the engine's round trips waits for its turn, so the ratio of the processor's time is given as
 * well: what the work costs and not how long others were let in between.
 */
final class BackfillBench {
    private final Workload workload;
    private final PrintStream out;

    BackfillBench(Workload workload, PrintStream out) {
        this.workload = workload;
        this.out = out;
    }

    /** @param arguments as {@link Order}, by default of 200,000 rows and three rounds */
    public static void main(String[] arguments) throws Exception {
        Order order = Order.of(arguments, 200_000, 3);
        PrintStream out = Print.out();
        Print.machine(out);
        for (Workload workload : order.workloads()) {
            new BackfillBench(workload, out).run(order.rows(), order.rounds());
            new Stall(workload, out).run(order.rows(), order.rounds());
        }
    }

    void run(long rows, int rounds) throws Exception {
        out.printf(
                "%n%s: %,d %s, batches aim at %d ms, one lane%n",
                workload, rows, workload.target(), Work.BATCH.toMillis());
        out.printf(
                "%-9s %6s %12s %14s %8s %11s %15s %9s %22s%n",
                "round",
                "load",
                "raw rows/s",
                "engine rows/s",
                "ratio",
                "with sweep",
                "by CPU (sweep)",
                "batches",
                "no triggers: raw ratio");
        round("(warm-up)", Math.min(rows, Rig.CHUNK_ROWS));
        Ratios ratios = new Ratios();
        Ratios swept = new Ratios();
        Ratios cpu = new Ratios();
        Ratios bare = new Ratios();
        for (int round = 1; round <= rounds; round++) {
            Took took = round(Integer.toString(round), rows);
            ratios.add(took.ratio());
            swept.add(took.withSweep());
            cpu.add(took.byCpu());
            bare.add(took.toBare());
        }
        out.printf(
                "median ratio %.2f (target at least 0.80), with sweep %.2f, by CPU %.2f; to tables without triggers %.2f%n",
                ratios.median(), swept.median(), cpu.median(), bare.median());
    }

    /** Nanoseconds, by the clock and of the processors. */
    private record Took(long raw, long bare, long engine, long sweep, long rawCpu, long engineCpu, long sweepCpu) {
        double ratio() {
            return (double) raw / engine;
        }

        double toBare() {
            return (double) bare / engine;
        }

        double withSweep() {
            return (double) raw / (engine + sweep);
        }

        double byCpu() {
            return (double) rawCpu / engineCpu;
        }

        double byCpuWithSweep() {
            return (double) rawCpu / (engineCpu + sweepCpu);
        }
    }

    private Took round(String name, long rows) throws SQLException {
        double load = Print.load();
        long engine = 0;
        long engineCpu = 0;
        long raw = 0;
        long rawCpu = 0;
        long bare = 0;
        int batches = 0;
        long sweep = 0;
        long sweepCpu = 0;
        try (Rig rig = Rig.open(workload, rows);
                Rig twin = Rig.twin(workload, rows);
                Rig without = Rig.bare(workload, rows);
                Batches taken = Batches.of(rig)) {
            try (RawStatement statement = RawStatement.of(twin, RawSql.move(twin));
                    RawStatement alone = RawStatement.of(without, RawSql.move(without))) {
                Cpu cpu = Cpu.ofEngine(rig);
                Backfill backfill = Work.backfill(1);
                Stride stride;
                do {
                    long begunCpu = cpu.nanos();
                    long begun = System.nanoTime();
                    stride = rig.stride(backfill, 0);
                    long took = System.nanoTime() - begun;
                    long tookCpu = cpu.nanos() - begunCpu;
                    if (stride instanceof Stride.Again) {
                        engine += took;
                        engineCpu += tookCpu;
                    }
                    sweep = took;
                    sweepCpu = tookCpu;
                    for (Range range : taken.next()) {
                        long rawBegunCpu = statement.cpu().nanos();
                        raw += statement.issue(range);
                        rawCpu += statement.cpu().nanos() - rawBegunCpu;
                        bare += alone.issue(range);
                        batches++;
                    }
                } while (!(stride instanceof Stride.Done));
            }
        }
        Took took = new Took(raw, bare, engine, sweep, rawCpu, engineCpu, sweepCpu);
        out.printf(
                "%-9s %6.1f %,12.0f %,14.0f %8.2f %11.2f %7.2f (%5.2f) %,9d %,16.0f %5.2f%n",
                name,
                load,
                rows * 1e9 / raw,
                rows * 1e9 / engine,
                took.ratio(),
                took.withSweep(),
                took.byCpu(),
                took.byCpuWithSweep(),
                batches,
                rows * 1e9 / bare,
                took.toBare());
        return took;
    }
}
