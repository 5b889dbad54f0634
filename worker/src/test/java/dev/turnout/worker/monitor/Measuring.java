package dev.turnout.worker.monitor;

import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.Database;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Measures the monitors of a spec as a worker does. */
public final class Measuring {
    private Measuring() {}

    /** By name: the verdict and the reason for it. */
    public static Map<String, String> all(Spec spec, Database database, Instant now) {
        Map<String, String> verdicts = new TreeMap<>();
        spec.monitors().forEach(monitor -> {
            Instant since = now.minus(monitor.schedule().window());
            MonitorBoard.Measurement measured = MonitorQuery.measure(database, monitor, since, now);
            verdicts.put(monitor.name(), measured.verdict() + ": " + measured.because());
        });
        return verdicts;
    }
}
