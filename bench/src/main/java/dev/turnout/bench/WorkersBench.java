package dev.turnout.bench;

import java.io.PrintStream;
import java.sql.SQLException;

/** Rows per second of the backfill on 1, 2 and 4 lanes of one worker, which take turns; the ratio is to one lane of the same round. */
final class WorkersBench {
    private static final int[] LANES = {1, 2, 4};

    private final Workload workload;
    private final PrintStream out;

    WorkersBench(Workload workload, PrintStream out) {
        this.workload = workload;
        this.out = out;
    }

    /** @param arguments as {@link Order}, by default of a million rows and three rounds */
    public static void main(String[] arguments) throws Exception {
        Order order = Order.of(arguments, 1_000_000, 3);
        PrintStream out = Print.out();
        Print.machine(out);
        for (Workload workload : order.workloads()) {
            new WorkersBench(workload, out).run(order.rows(), order.rounds());
        }
    }

    void run(long rows, int rounds) throws SQLException {
        out.printf("%n%s: %,d %s%n", workload, rows, workload.target());
        out.printf("%-7s %12s %12s %12s %8s %8s%n", "round", "1 lane", "2 lanes", "4 lanes", "2 to 1", "4 to 1");
        Ratios two = new Ratios();
        Ratios four = new Ratios();
        for (int round = 1; round <= rounds; round++) {
            double[] rates = new double[LANES.length];
            for (int i = 0; i < LANES.length; i++) {
                try (Rig rig = Rig.open(workload, rows)) {
                    rates[i] = rows
                            * 1e9
                            / Drive.over(rig, Work.backfill(LANES[i]), LANES[i]).workNanos();
                }
            }
            two.add(rates[1] / rates[0]);
            four.add(rates[2] / rates[0]);
            out.printf(
                    "%-7d %,12.0f %,12.0f %,12.0f %8.2f %8.2f%n",
                    round, rates[0], rates[1], rates[2], rates[1] / rates[0], rates[2] / rates[0]);
        }
        out.printf("median ratio of 2 lanes %.2f, of 4 lanes %.2f, in rows/s%n", two.median(), four.median());
    }
}
