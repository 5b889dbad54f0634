package dev.turnout.bench;

import dev.turnout.migration.Tuning;
import dev.turnout.worker.backfill.Backfill;
import dev.turnout.worker.backfill.Effort;
import dev.turnout.worker.embedded.EmbeddedPostgres;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Stride;
import dev.turnout.worker.sync.Mapping;
import dev.turnout.worker.throttle.Gauge;
import dev.turnout.worker.throttle.Throttle;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows per second of the same-table backfill beside the very same UPDATEs issued raw, and the worst stall of an
 * application's single-row writes meanwhile. Engine and baseline take turns, so compare only figures of one run. When all
 * chunks are done the engine sweeps once over the whole table for rows that are left; the baseline does not, so the ratio
 * is given without and with that sweep.
 */
public final class BackfillBench {
    private static final Duration TARGET = Duration.ofMillis(50);

    private final EmbeddedPostgres server;
    private final PrintStream out;
    private final long rows;

    BackfillBench(EmbeddedPostgres server, PrintStream out, long rows) {
        this.server = server;
        this.out = out;
        this.rows = rows;
    }

    /** @param arguments rows (default 1000000) and rounds (default 3) */
    public static void main(String[] arguments) throws Exception {
        long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (EmbeddedPostgres server = EmbeddedPostgres.throwAway()) {
            new BackfillBench(server, out, rows).run(rounds);
        }
    }

    void run(int rounds) throws Exception {
        out.println(Machine.describe());
        out.printf("%,d reservations, batches aim at %d ms, one lane, fsync off for both%n%n", rows, TARGET.toMillis());
        out.printf(
                "%-7s %12s %14s %8s %16s %9s%n",
                "round", "raw rows/s", "engine rows/s", "ratio", "ratio with sweep", "batches");
        List<Double> ratios = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            ratios.add(round(round));
        }
        ratios.sort(null);
        out.printf("median ratio %.2f (target at least 0.80)%n%n", ratios.get(ratios.size() / 2));
        stall();
    }

    private double round(int round) throws SQLException {
        Ranges ranges;
        long moving;
        long sweep;
        try (Hospital hospital = Hospital.open(server, "engine_" + round, rows)) {
            Ranges.record(hospital);
            long begun = System.nanoTime();
            sweep = hospital.drive(backfill(), 0);
            moving = System.nanoTime() - begun - sweep;
            ranges = Ranges.recorded(hospital);
        }
        long raw;
        try (Hospital hospital = Hospital.open(server, "raw_" + round, rows)) {
            String update = update(hospital);
            long begun = System.nanoTime();
            ranges.issue(hospital, update);
            raw = System.nanoTime() - begun;
        }
        double ratio = (double) raw / moving;
        out.printf(
                "%-7d %,12.0f %,14.0f %8.2f %16.2f %,9d%n",
                round,
                perSecond(raw),
                perSecond(moving),
                ratio,
                (double) raw / (moving + sweep),
                ranges.list().size());
        return ratio;
    }

    private double perSecond(long nanos) {
        return rows * 1e9 / nanos;
    }

    private static String update(Hospital hospital) throws SQLException {
        Mapping mapping = hospital.site(0)
                .database()
                .readOnly(
                        Limits.BOOKKEEPING,
                        connection ->
                                Mapping.of(connection, hospital.spec().moves().get(0)));
        return "UPDATE " + mapping.tableAsOld() + " SET " + mapping.assignments()
                + " WHERE old.id > ? AND old.id <= ? AND " + mapping.differs();
    }

    private void stall() throws SQLException, InterruptedException {
        Writer.Latency alone;
        Writer.Latency during;
        try (Hospital hospital = Hospital.open(server, "stall", rows)) {
            alone = latency(hospital, () -> hospital.drive(rest(), 0));
            during = latency(hospital, () -> hospital.drive(backfill(), 0));
        }
        out.println("an application's single-row UPDATE, one every 2 ms, in milliseconds");
        out.printf("%-16s %8s %8s %8s %8s%n", "", "writes", "median", "p99", "worst");
        print("alone", alone);
        print("during backfill", during);
        out.println("worst stall: target under 100 ms");
    }

    /** Nothing for three seconds: what the application feels without a backfill. */
    private static PhaseWork rest() {
        long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        return site ->
                System.nanoTime() < until ? new Stride.Wait(Duration.ofMillis(10), "rest") : new Stride.Done("rested");
    }

    private void print(String name, Writer.Latency latency) {
        out.printf(
                "%-16s %,8d %8.2f %8.2f %8.2f%n",
                name, latency.writes(), latency.median(), latency.p99(), latency.worst());
    }

    private Writer.Latency latency(Hospital hospital, Part part) throws SQLException, InterruptedException {
        Writer writer = Writer.start(hospital, rows);
        part.run();
        return writer.stop();
    }

    private static Backfill backfill() {
        return new Backfill(
                new Gauge(Throttle.DEFAULT, () -> Tuning.NONE, Clock.systemUTC()), () -> new Effort(TARGET, 1));
    }

    @FunctionalInterface
    private interface Part {
        void run() throws SQLException;
    }
}
