package dev.turnout.worker.run;

import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several pieces of work as one phase, one after the other. One lane only; begins anew in a new process. */
final class InOrder implements PhaseWork {
    private final List<PhaseWork> parts;
    private final Map<String, Object> report = new LinkedHashMap<>();
    private int part;

    InOrder(PhaseWork... parts) {
        this.parts = List.of(parts);
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        Stride stride = parts.get(part).stride(site);
        if (stride instanceof Stride.Stop stop) {
            Map<String, Object> soFar = new LinkedHashMap<>(report);
            soFar.putAll(stop.report());
            return new Stride.Stop(stop.because(), stop.problems(), stop.nextAction(), soFar);
        }
        if (!(stride instanceof Stride.Done done)) {
            return stride;
        }
        report.putAll(done.report());
        if (part == parts.size() - 1) {
            return new Stride.Done(done.because(), report);
        }
        part++;
        return new Stride.Again(done.because(), Progress.of(part, parts.size(), "steps"));
    }
}
