package dev.turnout.worker.analyze;

import dev.turnout.migration.Analysis;
import dev.turnout.migration.Move;
import dev.turnout.worker.jdbc.Limits;
import dev.turnout.worker.phase.PhaseWork;
import dev.turnout.worker.phase.Site;
import dev.turnout.worker.phase.Stride;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what the data is like before a row of it is moved: the formats of free text, and what the way back would lose.
 * Writes nothing; stops at a format that no rule provides for. Stateless and thread-safe.
 */
public final class Analyze implements PhaseWork {
    /** All of it in one stride, because a report must be of one time: a scan per column. */
    @Override
    public Stride stride(Site site) throws SQLException {
        List<Map<String, Object>> columns = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Analysis analysis : site.spec().analyses()) {
            Formats formats =
                    site.database().transaction(Limits.SCAN, connection -> Formats.scan(connection, analysis));
            columns.add(formats.report());
            problems.addAll(formats.problems());
        }
        if (!problems.isEmpty()) {
            return new Stride.Stop(
                    "the data has values that the spec does not provide for; nothing was written",
                    problems,
                    "mend the data and resume, or roll back and start again with a rule for each format");
        }
        Map<String, Object> lossiness = new LinkedHashMap<>();
        for (Move move : site.spec().moves()) {
            lossiness.put(
                    move.table(),
                    site.database().transaction(Limits.SCAN, connection -> Lossiness.measure(connection, move)));
        }
        return new Stride.Done(
                "every value has a format that the spec provides for",
                Map.of("columns", columns, "lossiness", lossiness));
    }
}
