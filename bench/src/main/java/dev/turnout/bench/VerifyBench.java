package dev.turnout.bench;

import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.verify.Verify;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.Iterator;

/**
 * Rows per second of the full verification, which compares both sides value by value, beside a hash scan of the new side
 * alone (count, xor and sum of 64 bits of md5 over each row's mapped columns), chunk by chunk over the same ranges. Engine
 * and baseline take turns on one database; what the verifier does once (proving itself, assertions, constraints) is not
 * counted. Of a move within a table one scan reads both sides; of a transfer the verification reads two rows for each that it
 * verifies, so there it is compared with two such scans as well. Either is one process of the server; how fast the scan is
 * when PostgreSQL shares it among several, as it does by default, is given beside it.
 */
final class VerifyBench {
    private final Workload workload;
    private final PrintStream out;

    VerifyBench(Workload workload, PrintStream out) {
        this.workload = workload;
        this.out = out;
    }

    /** @param arguments as {@link Order}, by default of 200,000 rows and three rounds */
    public static void main(String[] arguments) throws Exception {
        Order order = Order.of(arguments, 200_000, 3);
        PrintStream out = Print.out();
        Print.machine(out);
        for (Workload workload : order.workloads()) {
            new VerifyBench(workload, out).run(order.rows(), order.rounds());
        }
    }

    void run(long rows, int rounds) throws SQLException {
        int sides = workload.spec().transfers().isEmpty() ? 1 : 2;
        out.printf("%n%s: %,d %s in chunks of %,d%n", workload, rows, workload.target(), Rig.CHUNK_ROWS);
        out.printf(
                "%-7s %6s %17s %15s %12s %14s %23s%n",
                "round",
                "load",
                "hash scan rows/s",
                "verify rows/s",
                "to one scan",
                "to both sides",
                "shared: rows/s to it");
        Ratios ratios = new Ratios();
        Ratios read = new Ratios();
        Ratios shared = new Ratios();
        try (Rig rig = Rig.open(workload, rows)) {
            Drive.over(rig, Work.backfill(1), 1);
            rig.settle();
            // Once beforehand: whoever comes first would find the caches cold.
            round(rig);
            for (int round = 1; round <= rounds; round++) {
                Nanos nanos = round(rig);
                double ratio = (double) nanos.raw() / nanos.engine();
                ratios.add(ratio);
                read.add(ratio * sides);
                double toShared = (double) nanos.shared() / nanos.engine();
                shared.add(toShared);
                out.printf(
                        "%-7d %6.1f %,17.0f %,15.0f %12.2f %14.2f %,15.0f %7.2f%n",
                        round,
                        Print.load(),
                        rows * 1e9 / nanos.raw(),
                        rows * 1e9 / nanos.engine(),
                        ratio,
                        ratio * sides,
                        rows * 1e9 / nanos.shared(),
                        toShared);
            }
        }
        out.printf(
                "median ratio to one scan %.2f, to both sides %.2f (target at least 0.70); to a scan that may be shared %.2f%n",
                ratios.median(), read.median(), shared.median());
    }

    /** @param shared of the scan that the server may share among its processes; MySQL never does */
    private record Nanos(long engine, long raw, long shared) {}

    /** After each chunk that is verified, a chunk is scanned. */
    private static Nanos round(Rig rig) throws SQLException {
        rig.execute("UPDATE turnout.chunk SET verified_at = NULL");
        Verify verify = new Verify();
        Iterator<Range> chunks = Range.chunks(rig.rows()).iterator();
        long engine = 0;
        long raw = 0;
        long shared = 0;
        try (RawStatement scan = RawStatement.ofOneProcess(rig, RawSql.hashScan(rig));
                RawStatement share = RawStatement.of(rig, RawSql.hashScan(rig))) {
            Stride stride;
            do {
                long begun = System.nanoTime();
                stride = rig.stride(verify, 0);
                if (stride instanceof Stride.Again && stride.because().startsWith("verified ")) {
                    engine += System.nanoTime() - begun;
                    if (chunks.hasNext()) {
                        Range chunk = chunks.next();
                        raw += scan.issue(chunk);
                        shared += share.issue(chunk);
                    }
                }
            } while (!(stride instanceof Stride.Done));
        }
        if (chunks.hasNext()) {
            throw new IllegalStateException("fewer chunks were verified than there are");
        }
        return new Nanos(engine, raw, shared);
    }
}
