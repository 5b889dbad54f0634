package dev.turnout.worker.draft;

/** Single values of YAML. Pure. */
final class Yaml {
    private Yaml() {}

    /** Plain where YAML reads it as the same text. */
    static String scalar(String text) {
        boolean plain =
                text.matches("[A-Za-z_][A-Za-z0-9_.]*") && !text.matches("(?i)true|false|null|yes|no|on|off|y|n");
        return plain ? text : "'" + text.replace("'", "''") + "'";
    }

    static String quoted(String text) {
        return "\"%s\"".formatted(text.replace("\\", "\\\\").replace("\"", "\\\""));
    }

    /** In the place of a value that somebody has to give. */
    static String decide(String question) {
        return "!decide " + quoted(question);
    }
}
