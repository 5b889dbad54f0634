package dev.turnout.server.console;

/** How the words of a tuning are asked for. */
final class Tunables {
    private Tunables() {}

    static String label(String name) {
        return switch (name) {
            case "batch" -> "A batch lasts";
            case "lanes" -> "Lanes at most";
            case "throttle" -> "Wait, because";
            case "lag" -> "Wait while a replica is behind by";
            case "query" -> "Wait while this query says true";
            case "window" -> "Work only within";
            default -> name;
        };
    }

    static String example(String name) {
        return switch (name) {
            case "batch" -> "50ms";
            case "lanes" -> "4";
            case "lag" -> "5s";
            case "window" -> "22:00-06:00 Asia/Seoul";
            default -> "";
        };
    }
}
