package dev.turnout.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;

/**
 * Rows per second of the backfill by 1, 2 and 4 workers at once: lanes of one process, then processes of one lane each. They
 * take turns; a ratio is to the one lane, or the one process, of the same round.
 */
final class WorkersBench {
    private static final int[] WORKERS = {1, 2, 4};

    private final Workload workload;
    private final PrintStream out;

    WorkersBench(Workload workload, PrintStream out) {
        this.workload = workload;
        this.out = out;
    }

    /** @param arguments as {@link Order}, by default of 200,000 rows and three rounds */
    public static void main(String[] arguments) throws Exception {
        Order order = Order.of(arguments, 200_000, 3);
        PrintStream out = Print.out();
        Print.machine(out);
        for (Workload workload : order.workloads()) {
            new WorkersBench(workload, out).run(order.rows(), order.rounds());
        }
    }

    void run(long rows, int rounds) throws SQLException, IOException, InterruptedException {
        out.printf("%n%s: %,d %s%n", workload, rows, workload.target());
        out.printf(
                "%-20s %12s %12s %12s %8s %8s%n", "rows/s", "1 worker", "2 workers", "4 workers", "2 to 1", "4 to 1");
        rates("(warming up)", rows / 10, false);
        Ratios[] ratios = {new Ratios(), new Ratios(), new Ratios(), new Ratios()};
        for (int round = 1; round <= rounds; round++) {
            add(rates("lanes, round " + round, rows, false), ratios[0], ratios[1]);
            add(rates("processes, round " + round, rows, true), ratios[2], ratios[3]);
        }
        out.printf(
                "median ratio of 2 lanes %.2f, of 4 lanes %.2f, of 2 processes %.2f, of 4 processes %.2f%n",
                ratios[0].median(), ratios[1].median(), ratios[2].median(), ratios[3].median());
    }

    private static void add(double[] rates, Ratios two, Ratios four) {
        two.add(rates[1] / rates[0]);
        four.add(rates[2] / rates[0]);
    }

    private double[] rates(String name, long rows, boolean processes)
            throws SQLException, IOException, InterruptedException {
        double[] rates = new double[WORKERS.length];
        for (int i = 0; i < WORKERS.length; i++) {
            try (Rig rig = Rig.open(workload, rows)) {
                int count = WORKERS[i];
                long nanos = processes
                        ? WorkerProcess.together(rig, count)
                        : Drive.over(rig, Work.backfill(count), count).workNanos();
                rates[i] = rows * 1e9 / nanos;
            }
        }
        out.printf(
                "%-20s %,12.0f %,12.0f %,12.0f %8.2f %8.2f%n",
                name, rates[0], rates[1], rates[2], rates[1] / rates[0], rates[2] / rates[0]);
        return rates;
    }
}
