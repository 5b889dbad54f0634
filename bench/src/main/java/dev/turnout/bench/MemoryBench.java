package dev.turnout.bench;

import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.verify.Verify;
import java.io.PrintStream;
import java.sql.SQLException;

/**
 * The heap that backfill and verification need, for a tenth of the rows and for all of them: what is reachable, looked at
 * twice a second after a full collection. The servers are processes of their own and do not count.
 */
final class MemoryBench {
    private final Workload workload;
    private final PrintStream out;

    MemoryBench(Workload workload, PrintStream out) {
        this.workload = workload;
        this.out = out;
    }

    /** @param arguments as {@link Order}, by default of ten million rows; once each */
    public static void main(String[] arguments) throws Exception {
        Order order = Order.of(arguments, 10_000_000, 1);
        PrintStream out = Print.out();
        Print.machine(out);
        for (Workload workload : order.workloads()) {
            new MemoryBench(workload, out).run(order.rows());
        }
    }

    void run(long rows) throws SQLException, InterruptedException {
        out.printf(
                "%n%s: %s, heap of at most %,d MiB%n",
                workload, workload.target(), Runtime.getRuntime().maxMemory() >> 20);
        out.printf(
                "%12s %-10s %6s %20s %10s %12s%n", "rows", "phase", "load", "most reachable MiB", "seconds", "rows/s");
        Peak tenth = measure(rows / 10);
        Peak all = measure(rows);
        out.printf(
                "peak for all rows %.2f times that for a tenth of them (target: does not grow with the table);"
                        + " time of the backfill %.1f times, of the verification %.1f times%n",
                all.mib() / tenth.mib(),
                (double) all.backfillNanos() / tenth.backfillNanos(),
                (double) all.verifyNanos() / tenth.verifyNanos());
    }

    private record Peak(double mib, long backfillNanos, long verifyNanos) {}

    private record Phase(double mib, long nanos) {}

    private Peak measure(long rows) throws SQLException, InterruptedException {
        try (Rig rig = Rig.open(workload, rows)) {
            Phase moving = measure(rig, "backfill", Work.backfill(1));
            Phase verifying = measure(rig, "verify", new Verify());
            return new Peak(Math.max(moving.mib(), verifying.mib()), moving.nanos(), verifying.nanos());
        }
    }

    private Phase measure(Rig rig, String phase, PhaseWork work) throws SQLException, InterruptedException {
        Heap heap = Heap.watch();
        Drive drive = Drive.over(rig, work, 1);
        double most = heap.stop();
        out.printf(
                "%,12d %-10s %6.1f %20.1f %10.1f %,12.0f%n",
                rig.rows(), phase, Print.load(), most, drive.wholeNanos() / 1e9, rig.rows() * 1e9 / drive.wholeNanos());
        return new Phase(most, drive.wholeNanos());
    }
}
