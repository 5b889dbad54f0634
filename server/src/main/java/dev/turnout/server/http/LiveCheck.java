package dev.turnout.server.http;

import dev.turnout.migration.Bundle;
import dev.turnout.migration.Spec;
import dev.turnout.worker.jdbc.ConnectionSettings;
import dev.turnout.worker.preflight.Findings;
import dev.turnout.worker.preflight.Look;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks at the live database for a spec that nobody has started yet, where this server knows it; changes nothing. */
public final class LiveCheck {
    private final Map<String, ConnectionSettings> databases;

    /** @param databases by the names that specs use */
    public LiveCheck(Map<String, ConnectionSettings> databases) {
        this.databases = Map.copyOf(databases);
    }

    /** What is found, or why nobody has looked, as JSON values. Blocks for as long as the database needs. */
    Map<String, Object> look(Spec spec, Bundle bundle) {
        String name = spec.database().database();
        ConnectionSettings connection = databases.get(name);
        if (connection == null) {
            return notLooked("this server knows no database '" + name
                    + "': a worker looks as soon as the migration is started, before it changes anything");
        }
        Look look = Look.at(spec, connection);
        return look instanceof Look.Seen seen
                ? found(seen.findings(), bundle)
                : notLooked(((Look.Unseen) look).because());
    }

    private static Map<String, Object> notLooked(String because) {
        return Map.of("looked", false, "because", because);
    }

    private static Map<String, Object> found(Findings findings, Bundle bundle) {
        List<Map<String, Object>> problems = findings.problems().stream()
                .map(problem -> problem(problem, bundle))
                .toList();
        return Map.of(
                "looked", true,
                "problems", problems,
                "warnings", findings.warnings(),
                "tables", findings.tables(),
                "trials", findings.trials());
    }

    private static Map<String, Object> problem(String finding, Bundle bundle) {
        String[] parts = finding.split(" — ", 2);
        Map<String, Object> document = new LinkedHashMap<>();
        Place.of(finding, bundle).ifPresent(line -> {
            document.put("file", bundle.main());
            document.put("line", line);
        });
        document.put("what", parts[0]);
        document.put("mend", parts.length > 1 ? parts[1] : "");
        return document;
    }
}
