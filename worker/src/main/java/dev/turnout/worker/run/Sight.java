package dev.turnout.worker.run;

import static java.util.stream.Collectors.joining;

import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.run.RunBoard.Note;
import dev.turnout.worker.run.RunBoard.Verified;
import dev.turnout.worker.verify.RollingVerification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What operators see of a run, gathered until it is worth a write. Event loop only. */
final class Sight {
    private String waitingFor = "";
    /** What goes on beside the phase waits for something of its own, whatever the phase says meanwhile. */
    private String besideWaitsFor = "";

    private Map<String, Object> progress = Map.of();
    private List<String> problems = List.of();
    private String nextAction = "";
    private Optional<Verified> verified = Optional.empty();
    private boolean changed;

    void working(Progress now) {
        waitingFor = "";
        problems = List.of();
        nextAction = "";
        progress = values(now);
        changed = true;
    }

    void waiting(String because) {
        changed |= !waitingFor.equals(because);
        waitingFor = because;
    }

    /** @param because empty: it waits for nothing that anybody should know of */
    void besideWaiting(String because) {
        changed |= !besideWaitsFor.equals(because);
        besideWaitsFor = because;
    }

    void advise(String action) {
        changed |= !nextAction.equals(action);
        nextAction = action;
    }

    void stopped(List<String> found, String action) {
        waitingFor = "";
        problems = found;
        nextAction = action;
        changed = true;
    }

    void verified(RollingVerification.Result result) {
        verified = Optional.of(new Verified(result.from(), result.mismatches(), result.ages(), result.met()));
        problems = result.problems();
        changed = true;
    }

    /** What there is to write since the last call; empty: nothing new. */
    Optional<Note> news() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        String waits = Stream.of(waitingFor, besideWaitsFor)
                .filter(because -> !because.isEmpty())
                .collect(joining("; "));
        return Optional.of(new Note(waits, progress, problems, nextAction, verified));
    }

    /** A new phase begins: nothing of the last one is shown. */
    void clear() {
        waitingFor = "";
        besideWaitsFor = "";
        progress = Map.of();
        problems = List.of();
        nextAction = "";
        changed = false;
    }

    /** A range; without its end where recent rates promise none. */
    private static Map<String, Object> secondsLeft(long left, Progress.Outlook outlook) {
        Map<String, Object> range = new LinkedHashMap<>();
        if (outlook.fast() > 0) {
            range.put("from", (long) Math.ceil(left / outlook.fast()));
        }
        if (outlook.slow() > 0) {
            range.put("to", (long) Math.ceil(left / outlook.slow()));
        }
        return range;
    }

    private static Map<String, Object> values(Progress now) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("done", now.done());
        values.put("total", now.total());
        values.put("estimated", now.estimated());
        values.put("unit", now.unit());
        values.put("rejected", now.rejected());
        values.put("percent", now.percent());
        values.put("perSecond", Math.round(now.perSecond()));
        now.outlook().ifPresent(outlook -> {
            values.put("secondsLeft", secondsLeft(now.total() - now.done(), outlook));
            values.put("throttledPercent", Math.round(100 * outlook.throttled()));
            values.put("lanes", outlook.lanes());
        });
        return values;
    }
}
