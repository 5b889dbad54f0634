package dev.turnout.worker.run;

import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Progress;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several pieces of work as one phase, one after the other. Begins anew in a new process; thread-safe as far as the parts are. */
final class InOrder implements PhaseWork {
    private final List<PhaseWork> parts;
    private final Map<String, Object> report = new LinkedHashMap<>();
    private volatile int part;

    InOrder(PhaseWork... parts) {
        this.parts = List.of(parts);
    }

    @Override
    public Stride stride(Site site) throws SQLException {
        int at = part;
        Stride stride = parts.get(at).stride(site);
        return after(at, stride);
    }

    private synchronized Stride after(int at, Stride stride) {
        if (stride instanceof Stride.Stop stop) {
            Map<String, Object> soFar = new LinkedHashMap<>(report);
            soFar.putAll(stop.report());
            return new Stride.Stop(stop.because(), stop.problems(), stop.nextAction(), soFar);
        }
        if (!(stride instanceof Stride.Done done)) {
            return stride;
        }
        report.putAll(done.report());
        if (at == parts.size() - 1) {
            return new Stride.Done(done.because(), report);
        }
        part = Math.max(part, at + 1);
        return new Stride.Again(done.because(), Progress.of(part, parts.size(), "steps"));
    }
}
