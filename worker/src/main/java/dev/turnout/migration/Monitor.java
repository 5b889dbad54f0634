package dev.turnout.migration;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A monitoring query, in the field's vocabulary (Argo Rollouts' analysis).
 *
 * @param dryRun measured and shown, never acted on
 */
public record Monitor(String name, Schedule schedule, Query query, Rule rule, Limits limits, boolean dryRun) {
    /**
     * When it is measured.
     *
     * @param interval business time between measurements
     * @param young the interval while a step is young, and after an error; never longer than {@code interval}
     * @param initialDelay business time on a step before its first measurement
     * @param timeout of one measurement, real time
     * @param window business time that lies between {@code :from} and {@code :now}
     */
    public record Schedule(
            Duration interval, Duration young, Duration initialDelay, Duration timeout, Duration window) {}

    /**
     * What is asked, and where.
     *
     * @param source a database by its name, or {@code prometheus:} and the name of a Prometheus
     * @param texts of SQL one, named {@code sql}: a SELECT; of PromQL one per value, by its name
     */
    public record Query(Language language, String source, Map<String, String> texts) {
        public Query {
            texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
        }

        public static Query sql(String source, String sql) {
            return new Query(Language.SQL, source, Map.of("sql", sql));
        }

        /** As it is shown and kept. */
        public String text() {
            return texts.size() == 1 ? texts.values().iterator().next() : texts.toString();
        }
    }

    /** Whose words a query is in. */
    public enum Language {
        /** One row, or with {@link Rule#arms} one per side; {@code :now} and {@code :from} are bound. */
        SQL,
        /** One sample each, or one per side; {@code $window} is replaced by the seconds from {@code :from} to {@code :now}. */
        PROMQL
    }

    /**
     * What of it is good or bad.
     *
     * @param failureCondition over the columns of the row, in SQL; of PromQL in the words of {@link Condition}
     * @param successCondition likewise; empty: success is when it does not fail
     * @param baseline the same query as of so long ago gives the columns {@code baseline_…} of the conditions
     * @param arms the rows are {@code arm, total, failed} of either side and feed the detector; there are no conditions
     * @param minSample the column {@code total} must reach this, with {@code arms} that of the new side on this step; 0: no
     *     such rule
     */
    public record Rule(
            String failureCondition,
            Optional<String> successCondition,
            Optional<Duration> baseline,
            boolean arms,
            long minSample) {}

    /**
     * @param count successes on a step before its gate opens
     * @param failures in a row that are tolerated; one more rolls back
     * @param inconclusives in a row for which the last success still stands, while it is fresh
     * @param errors in a row that are tried again at the young pace; the gate is closed by the first
     */
    public record Limits(int count, int failures, int inconclusives, int errors) {}

    public Duration interval() {
        return schedule.interval();
    }

    public Duration young() {
        return schedule.young();
    }

    public Duration timeout() {
        return schedule.timeout();
    }
}
