package dev.turnout.server.settings;

import java.util.List;

/** The settings cannot be used; nothing has been started. */
public final class BadSettings extends Exception {
    private final transient List<String> problems;

    BadSettings(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** Every problem, each naming its setting and how to mend it. */
    public List<String> problems() {
        return problems;
    }
}
