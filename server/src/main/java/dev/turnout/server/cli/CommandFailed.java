package dev.turnout.server.cli;

/** A command ends here with a message for people and an exit status, without a stack trace. */
final class CommandFailed extends RuntimeException {
    private final ExitStatus status;
    private final String explanation;
    private final boolean passing;

    private CommandFailed(ExitStatus status, String message, boolean passing) {
        super(message, null, false, false);
        this.status = status;
        this.explanation = message;
        this.passing = passing;
    }

    /** The server, a check or the database says no. */
    static CommandFailed refused(String message) {
        return new CommandFailed(ExitStatus.REFUSED, message, false);
    }

    /** The input is wrong, or whoever should answer cannot be reached. */
    static CommandFailed badInput(String message) {
        return new CommandFailed(ExitStatus.BAD_INPUT, message, false);
    }

    /** Whoever should answer does not now, and may in a moment. */
    static CommandFailed unreachable(String message) {
        return new CommandFailed(ExitStatus.BAD_INPUT, message, true);
    }

    /** The server answered that it cannot now, and may in a moment. */
    static CommandFailed busy(String message) {
        return new CommandFailed(ExitStatus.REFUSED, message, true);
    }

    /** One line or several. */
    String explanation() {
        return explanation;
    }

    ExitStatus status() {
        return status;
    }

    /** Whether the same command may succeed in a moment, with nothing mended by whoever gave it. */
    boolean passing() {
        return passing;
    }
}
