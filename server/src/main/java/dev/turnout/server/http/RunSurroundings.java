package dev.turnout.server.http;

import dev.turnout.server.control.ChoreStore;
import dev.turnout.server.control.Run;
import dev.turnout.server.control.Scheduled;
import dev.turnout.server.control.VerificationStore;
import dev.turnout.server.control.Watched;
import dev.turnout.server.rollout.RolloutStores;
import dev.turnout.worker.monitor.MonitorBoard.Measurement;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is shown with a run and kept elsewhere: its rollout, monitors, scheduled SQL and demands, the open incidents of its flag. */
final class RunSurroundings {
    private final RolloutStores stores;
    private final ChoreStore chores;
    private final VerificationStore verifications;

    RunSurroundings(RolloutStores stores, ChoreStore chores, VerificationStore verifications) {
        this.stores = stores;
        this.chores = chores;
        this.verifications = verifications;
    }

    /** Demands that somebody still looks for. */
    private static final int VERIFICATIONS = 10;

    /** Of one instant: read in one transaction. */
    Future<Map<String, Object>> of(Run run) {
        Map<String, Object> document = new LinkedHashMap<>();
        return stores.database().transaction(tx -> {
            document.clear();
            return stores.rollouts()
                    .findOfFlag(tx, run.flagKey())
                    .compose(row -> stores.flags().find(tx, run.flagKey()).map(flag -> {
                        row.filter(found -> found.run() == run.id())
                                .ifPresent(found -> flag.ifPresent(
                                        now -> document.put("rollout", RolloutDocument.write(found, now))));
                        return document;
                    }))
                    .compose(done -> stores.monitors().watched(tx, run.id()))
                    .map(monitors -> document.put(
                            "monitors",
                            monitors.stream().map(RunSurroundings::monitor).toList()))
                    .compose(done -> chores.scheduled(tx, run.id()))
                    .map(scheduled -> document.put(
                            "schedule",
                            scheduled.stream().map(RunSurroundings::chore).toList()))
                    .compose(done -> verifications.newest(tx, run.id(), VERIFICATIONS))
                    .map(newest -> document.put(
                            "verifications",
                            newest.stream().map(VerificationDocument::write).toList()))
                    .compose(done -> stores.incidents().unacknowledged(tx, run.flagKey()))
                    .map(open -> {
                        document.put("openIncidents", open.size());
                        return document;
                    });
        });
    }

    private static Map<String, Object> monitor(Watched watched) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", watched.monitor().name());
        document.put("interval", watched.interval());
        document.put("dueAt", watched.dueAt());
        document.put("dryRun", watched.monitor().dryRun());
        document.put("failures", watched.failures());
        document.put("errors", watched.errors());
        if (watched.latest().isEmpty()) {
            document.put("verdict", "NONE");
            document.put("because", "not measured yet");
        } else {
            Measurement latest = watched.latest().get();
            document.put("verdict", latest.verdict());
            document.put("because", latest.because());
            document.put("at", latest.at());
            document.put("readings", latest.values());
        }
        return document;
    }

    private static Map<String, Object> chore(Scheduled scheduled) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", scheduled.chore().name());
        document.put("interval", scheduled.chore().interval());
        document.put("dueAt", scheduled.dueAt());
        document.put("because", "not run yet");
        scheduled.latest().ifPresent(round -> {
            document.put("at", round.at());
            document.put("failed", round.failed());
            document.put("because", round.because());
            document.put("rows", round.rows());
            document.put("listed", round.listed());
        });
        return document;
    }
}
