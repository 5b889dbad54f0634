package dev.turnout.server.settings;

import java.util.Optional;

/** One setting by its option and its environment variable; the option wins. */
public enum Setting {
    HOST("--host", "TURNOUT_HOST", "127.0.0.1"),
    PORT("--port", "TURNOUT_PORT", "8321"),
    DATA("--data", "TURNOUT_DATA", "data"),
    CONTROL_DB("--control-db", "TURNOUT_CONTROL_DB", ""),
    /** Environment only, as are all secrets: other users of the machine see a command line. */
    CONTROL_USER("", "TURNOUT_CONTROL_USER", ""),
    CONTROL_PASSWORD("", "TURNOUT_CONTROL_PASSWORD", ""),
    WORKER("--worker-name", "TURNOUT_WORKER_NAME", ""),
    TIME_SCALE("--time-scale", "TURNOUT_TIME_SCALE", "1"),
    TIME_ORIGIN("--time-origin", "TURNOUT_TIME_ORIGIN", ""),
    TICK("--tick", "TURNOUT_TICK", "100ms");

    private final String option;
    private final String variable;
    private final String fallback;

    Setting(String option, String variable, String fallback) {
        this.option = option;
        this.variable = variable;
        this.fallback = fallback;
    }

    public String variable() {
        return variable;
    }

    /** What is used when nothing is set; empty when there is no default. */
    public Optional<String> fallback() {
        return Optional.of(fallback).filter(text -> !text.isEmpty());
    }

    /** For messages: {@code --port (TURNOUT_PORT)}. */
    @Override
    public String toString() {
        return option.isEmpty() ? variable : option + " (" + variable + ")";
    }
}
