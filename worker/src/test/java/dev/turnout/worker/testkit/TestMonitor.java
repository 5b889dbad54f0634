package dev.turnout.worker.testkit;

import dev.turnout.migration.Monitor;
import java.time.Duration;
import java.util.Optional;

/** A monitor put together by a test from what the test is about; the rest as specs have it. Immutable. */
public record TestMonitor(Monitor monitor) {
    /** Hourly, each minute while a step is young, 5 s long at most. */
    public static TestMonitor sql(String name, String sql, String failsWhen) {
        return of(name, Monitor.Query.sql("clinic", sql), failsWhen);
    }

    public static TestMonitor of(String name, Monitor.Query query, String failsWhen) {
        return new TestMonitor(new Monitor(
                name,
                new Monitor.Schedule(
                        Duration.ofHours(1),
                        Duration.ofMinutes(1),
                        Duration.ZERO,
                        Duration.ofSeconds(5),
                        Duration.ofHours(1)),
                query,
                new Monitor.Rule(failsWhen, Optional.empty(), Optional.empty(), false, 0),
                new Monitor.Limits(1, 0, 0, 4),
                false));
    }

    public TestMonitor dryRun(boolean dryRun) {
        return new TestMonitor(new Monitor(
                monitor.name(), monitor.schedule(), monitor.query(), monitor.rule(), monitor.limits(), dryRun));
    }

    public TestMonitor limits(int count, int failures, int inconclusives, int errors) {
        Monitor.Limits limits = new Monitor.Limits(count, failures, inconclusives, errors);
        return new TestMonitor(new Monitor(
                monitor.name(), monitor.schedule(), monitor.query(), monitor.rule(), limits, monitor.dryRun()));
    }

    public TestMonitor timeout(Duration timeout) {
        Monitor.Schedule now = monitor.schedule();
        return scheduled(new Monitor.Schedule(now.interval(), now.young(), now.initialDelay(), timeout, now.window()));
    }

    public TestMonitor initialDelay(Duration delay) {
        Monitor.Schedule now = monitor.schedule();
        return scheduled(new Monitor.Schedule(now.interval(), now.young(), delay, now.timeout(), now.window()));
    }

    private TestMonitor scheduled(Monitor.Schedule schedule) {
        return new TestMonitor(new Monitor(
                monitor.name(), schedule, monitor.query(), monitor.rule(), monitor.limits(), monitor.dryRun()));
    }

    public TestMonitor okWhen(Optional<String> holds) {
        Monitor.Rule now = monitor.rule();
        return ruled(new Monitor.Rule(now.failureCondition(), holds, now.baseline(), false, now.minSample()));
    }

    public TestMonitor minSample(long total) {
        Monitor.Rule now = monitor.rule();
        return ruled(
                new Monitor.Rule(now.failureCondition(), now.successCondition(), now.baseline(), now.arms(), total));
    }

    public TestMonitor baseline(Duration ago) {
        Monitor.Rule now = monitor.rule();
        return ruled(new Monitor.Rule(
                now.failureCondition(), now.successCondition(), Optional.of(ago), false, now.minSample()));
    }

    /** Its conditions go. */
    public TestMonitor arms() {
        return ruled(new Monitor.Rule(
                "", Optional.empty(), Optional.empty(), true, monitor.rule().minSample()));
    }

    private TestMonitor ruled(Monitor.Rule rule) {
        return new TestMonitor(new Monitor(
                monitor.name(), monitor.schedule(), monitor.query(), rule, monitor.limits(), monitor.dryRun()));
    }
}
