package dev.turnout.server.control;

import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import dev.turnout.worker.jdbc.Database;
import io.micrometer.core.instrument.Metrics;

/** Measures connection pools where the process measures everything else. Thread-safe. */
public final class PoolMetrics {
    private PoolMetrics() {}

    static MetricsTrackerFactory factory() {
        return new MicrometerMetricsTrackerFactory(Metrics.globalRegistry);
    }

    /** @return the database, under whose name its pool is measured from now on */
    public static Database measured(Database database) {
        return database.measured(factory());
    }
}
