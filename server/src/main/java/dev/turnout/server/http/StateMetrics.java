package dev.turnout.server.http;

import dev.turnout.flags.Flag;
import dev.turnout.flags.FlagSet;
import dev.turnout.server.control.Incident;
import dev.turnout.server.control.Listings;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.Window;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows the control state as metrics: every server tells the same, so a query takes one of them ({@code max by (…)}). Read
 * every few seconds rather than with each scrape; how old it is is a metric as well, as what cannot be read must not look fine.
 */
public final class StateMetrics extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(StateMetrics.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);
    /** Flags, and incidents, that have a label of their own. */
    private static final int MOST = 500;
    /** A run comes with all its reports. */
    private static final int MOST_RUNS = 100;

    private final Listings listings;
    private final Supplier<FlagSet> flags;
    private final InstantSource clock;
    private final Map<String, MultiGauge> gauges = new TreeMap<>();
    private volatile long readAt = System.nanoTime();

    /** @param clock business time */
    public StateMetrics(Listings listings, Supplier<FlagSet> flags, MeterRegistry registry, InstantSource clock) {
        this.listings = listings;
        this.flags = flags;
        this.clock = clock;
        gauge(registry, "turnout.flag.weight", "share of units on the new side, from 0 to 1; 0 while rolled back");
        gauge(registry, "turnout.flag.rolled.back", "1 while the flag is latched at 0, until somebody acknowledges");
        gauge(registry, "turnout.incidents.open", "incidents that nobody has acknowledged");
        gauge(registry, "turnout.migration.phase", "1 for the phase that the migration is in");
        gauge(registry, "turnout.migration.progress", "of the present phase, from 0 to 1; its smallest part");
        gauge(registry, "turnout.migration.rejected", "rows put aside");
        gauge(registry, "turnout.migration.mismatches", "rows that the verification found to differ");
        gauge(
                registry,
                "turnout.migration.verified.age.seconds",
                "since the oldest row was verified; absent until all were");
        gauge(registry, "turnout.migration.driven", "1 while a worker drives it");
        Gauge.builder(
                        "turnout.state.age",
                        this,
                        self -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - self.readAt) / 1000.0)
                .description("since the control state behind these metrics was read")
                .baseUnit("seconds")
                .register(registry);
    }

    private void gauge(MeterRegistry registry, String name, String description) {
        gauges.put(name, MultiGauge.builder(name).description(description).register(registry));
    }

    @Override
    public Future<?> start() {
        look();
        return Future.succeededFuture();
    }

    private void look() {
        read().onFailure(failure ->
                        log.warn("the control state could not be read for the metrics: {}", failure.getMessage()))
                .onComplete(done -> vertx.setTimer(PERIOD.toMillis(), timer -> look()));
    }

    private Future<Void> read() {
        Window<Long> newest = new Window<>(Long.MAX_VALUE, MOST, Set.of());
        Window<Long> newestRuns = new Window<>(Long.MAX_VALUE, MOST_RUNS, Set.of());
        return listings.runs(newestRuns, new Listings.OfRuns(Optional.empty(), Optional.empty()))
                .compose(runs -> listings.incidents(
                                newest, new Listings.OfIncidents(Optional.empty(), Optional.of(true)))
                        .map(open -> {
                            showFlags();
                            showIncidents(open);
                            showRuns(runs);
                            readAt = System.nanoTime();
                            return null;
                        }));
    }

    private void showFlags() {
        List<Flag> shown = flags.get().flags().stream().limit(MOST).toList();
        show(
                "turnout.flag.weight",
                shown,
                flag -> row("flag", flag.key(), flag.newSide().percent().doubleValue() / 100));
        show(
                "turnout.flag.rolled.back",
                shown,
                flag -> row("flag", flag.key(), flag.rolledBack().isPresent() ? 1 : 0));
    }

    private void showIncidents(List<Incident> open) {
        Map<String, Integer> counts = new TreeMap<>();
        // A flag without any says 0: an absent series fires no alert and ends none.
        flags.get().flags().stream().limit(MOST).forEach(flag -> counts.put(flag.key(), 0));
        open.forEach(incident -> counts.merge(incident.flagKey(), 1, Integer::sum));
        show(
                "turnout.incidents.open",
                new ArrayList<>(counts.entrySet()),
                each -> row("flag", each.getKey(), each.getValue()));
    }

    /** Of each migration its newest run. */
    private void showRuns(List<Run> runs) {
        Map<String, Run> newest = new TreeMap<>();
        runs.forEach(run -> newest.putIfAbsent(run.migration(), run));
        List<Run> shown = List.copyOf(newest.values());
        show(
                "turnout.migration.phase",
                shown,
                run -> MultiGauge.Row.of(
                        Tags.of(
                                "migration", run.migration(),
                                "flag", run.flagKey(),
                                "phase", run.standing().phase().name()),
                        1));
        show(
                "turnout.migration.progress",
                shown,
                run -> row("migration", run.migration(), progress(run.shown().progress())));
        show(
                "turnout.migration.rejected",
                shown,
                run -> row("migration", run.migration(), run.operating().rejected()));
        show(
                "turnout.migration.mismatches",
                shown,
                run -> row("migration", run.migration(), run.verified().mismatches()));
        show(
                "turnout.migration.driven",
                shown,
                run -> row("migration", run.migration(), run.driver().worker().isPresent() ? 1 : 0));
        show(
                "turnout.migration.verified.age.seconds",
                shown.stream().filter(run -> run.verified().from().isPresent()).toList(),
                run -> row(
                        "migration",
                        run.migration(),
                        run.verified()
                                .from()
                                .map(from ->
                                        Duration.between(from, clock.instant()).toSeconds())
                                .orElse(0L)));
    }

    /** NaN where nothing is measured. */
    private static double progress(Map<?, ?> node) {
        if (node.get("percent") instanceof Number percent) {
            return percent.doubleValue() / 100;
        }
        return node.values().stream()
                .filter(Map.class::isInstance)
                .mapToDouble(part -> progress((Map<?, ?>) part))
                .filter(share -> !Double.isNaN(share))
                .min()
                .orElse(Double.NaN);
    }

    private static MultiGauge.Row<Number> row(String tag, String value, Number number) {
        return MultiGauge.Row.of(Tags.of(tag, value), number);
    }

    private <T> void show(String name, List<T> things, Function<T, MultiGauge.Row<?>> row) {
        MultiGauge gauge = gauges.get(name);
        if (gauge != null) {
            gauge.register(things.stream().map(row).toList(), true);
        }
    }
}
