package dev.turnout.worker.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of one check of a report.
 *
 * @param of the table, or what else it is about
 * @param expected in words; empty: nothing, the figure is noted
 */
record Checked(String name, String of, State state, String expected, String found) {
    enum State {
        PASSED,
        FAILED,
        /** A figure to compare others with. */
        NOTED,
        /** It could not be asked. That is not a pass. */
        UNKNOWN
    }

    static Checked noted(String name, String of, Object found) {
        return new Checked(name, of, State.NOTED, "", String.valueOf(found));
    }

    static Checked that(boolean holds, String name, String of, String expected, Object found) {
        return new Checked(name, of, holds ? State.PASSED : State.FAILED, expected, String.valueOf(found));
    }

    static Checked unknown(String name, String of, String expected, String why) {
        return new Checked(name, of, State.UNKNOWN, expected, why);
    }

    /** For operators. */
    String line() {
        return of + ": " + name + ": expected " + expected + ", found " + found;
    }

    /** JSON values. */
    Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("of", of);
        values.put("name", name);
        values.put("state", state.name());
        values.put("expected", expected);
        values.put("found", found);
        return values;
    }

    static List<Map<String, Object>> values(List<Checked> all) {
        return all.stream().map(Checked::values).toList();
    }
}
