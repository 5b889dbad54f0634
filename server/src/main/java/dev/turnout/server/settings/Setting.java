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
    TICK("--tick", "TURNOUT_TICK", "100ms"),
    TLS_CERTIFICATE("--tls-cert", "TURNOUT_TLS_CERT", ""),
    TLS_KEY("--tls-key", "TURNOUT_TLS_KEY", ""),
    /** Of the pages whose scripts may ask, with commas. */
    ORIGINS("--cors", "TURNOUT_CORS_ORIGINS", ""),
    MAX_BODY("", "TURNOUT_MAX_BODY_BYTES", "1048576"),
    BODY_TIME("", "TURNOUT_BODY_TIME", "10s"),
    MAX_CONNECTIONS("", "TURNOUT_MAX_CONNECTIONS", "20000"),
    RATE_LIMIT("", "TURNOUT_RATE_LIMIT", "500"),
    /** For how long a server that stops says so before it takes no more requests. */
    DRAIN("--drain", "TURNOUT_DRAIN", "0s"),
    /** Whoever knows an address may write to it: environment only. */
    NOTIFY_URL("", "TURNOUT_NOTIFY_URL", ""),
    NOTIFY_SECRET("", "TURNOUT_NOTIFY_SECRET", ""),
    SLACK_URL("", "TURNOUT_SLACK_URL", ""),
    /** Read by the logging itself, which begins before any option is read. */
    LOG_FORMAT("", "TURNOUT_LOG_FORMAT", "text");

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
