package dev.turnout.worker.check;

import dev.turnout.migration.Check;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Notes what the data is like before the first change, so that the end can be compared with the beginning. What the spec
 * expects and does not find stops the run; what the engine finds is for the operator to judge. Writes nothing. Stateless
 * and thread-safe.
 */
public final class Baseline implements PhaseWork {
    @Override
    public Stride stride(Site site) throws SQLException {
        long begun = System.nanoTime();
        boolean catalogue = !site.database().dialect().mysql();
        List<Checked> checks = new ArrayList<>();
        if (catalogue) {
            checks.addAll(site.database()
                    .readOnly(
                            Limits.SCAN,
                            connection ->
                                    ServerChecks.run(connection, site.database().name())));
        }
        for (Subject subject : Subject.of(site.spec())) {
            checks.addAll(site.database()
                    .readOnly(Limits.SCAN, connection -> new TableChecks(connection, subject).run(catalogue, false)));
        }
        List<Checked> own = SpecChecks.figures(site, Check::before);
        checks.addAll(own);
        Map<String, Object> baseline = new LinkedHashMap<>();
        baseline.put("at", site.clock().instant().toString());
        baseline.put("tookMs", Duration.ofNanos(System.nanoTime() - begun).toMillis());
        baseline.put("checks", Checked.values(checks));
        Map<String, Object> report = Map.of("baseline", baseline);
        List<String> unmet = own.stream()
                .filter(check -> check.state() == Checked.State.FAILED || check.state() == Checked.State.UNKNOWN)
                .map(Checked::line)
                .toList();
        return unmet.isEmpty()
                ? new Stride.Done(checks.size() + " checks before the first change", report)
                : new Stride.Stop(
                        "the data is not what the spec expects before the first change; nothing was changed",
                        unmet,
                        "mend the data and resume, or roll back and start with a mended spec",
                        report);
    }
}
