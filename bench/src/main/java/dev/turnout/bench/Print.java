package dev.turnout.bench;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/** The head of a report. */
final class Print {
    private Print() {}

    static PrintStream out() {
        return new PrintStream(System.out, true, StandardCharsets.UTF_8);
    }

    /** Where it ran, and how busy that was with other things: compare only figures of one run. */
    static void machine(PrintStream out) {
        out.println(Machine.describe());
        out.printf(
                "load average at the start %.1f; the servers flush nothing to disk, for engine and baseline alike%n",
                load());
    }

    /** Of the last minute. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
