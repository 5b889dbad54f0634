package dev.turnout.server.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a command ends with; the one place that says so. {@code docs/cli.md} shows the same table. */
enum ExitStatus {
    DONE(0, "done"),
    REFUSED(1, "failed or refused"),
    BAD_INPUT(2, "bad input, or a server or database that cannot be reached"),
    STOPPED(130, "stopped by Ctrl-C"),
    ENDED(143, "ended by another process, as `kill` and an orchestrator do it");

    private final int code;
    private final String meaning;

    ExitStatus(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    /** Code to meaning, in their order. */
    static Map<String, String> table() {
        Map<String, String> table = new LinkedHashMap<>();
        for (ExitStatus status : values()) {
            table.put(Integer.toString(status.code), status.meaning);
        }
        return table;
    }
}
