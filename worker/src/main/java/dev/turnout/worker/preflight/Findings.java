package dev.turnout.worker.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a look at the live database gave. Immutable.
 *
 * @param problems each a reason not to begin, with how to mend it
 * @param warnings what an operator should know; nothing stops for them
 * @param tables JSON values: name, estimated rows and bytes of each table to be moved
 * @param trials JSON values: what a sample of each table's rows says about cost, duration and lossiness
 */
public record Findings(
        List<String> problems,
        List<String> warnings,
        List<Map<String, Object>> tables,
        List<Map<String, Object>> trials) {
    public Findings {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
        tables = List.copyOf(tables);
        trials = List.copyOf(trials);
    }

    /** Collects while the checks go on; belongs to one thread. */
    static final class Notes {
        private final List<String> problems = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final List<Map<String, Object>> tables = new ArrayList<>();
        private final List<Map<String, Object>> trials = new ArrayList<>();

        void problem(String what, String mend) {
            problems.add(what + " — " + mend);
        }

        void warning(String what) {
            warnings.add(what);
        }

        void table(Map<String, Object> facts) {
            tables.add(facts);
        }

        void trial(Map<String, Object> facts) {
            trials.add(facts);
        }

        boolean clean() {
            return problems.isEmpty();
        }

        Findings findings() {
            return new Findings(problems, warnings, tables, trials);
        }
    }
}
