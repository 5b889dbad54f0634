package dev.turnout.server.cli;

/** A command ends here with a message for people and an exit status, without a stack trace. */
final class CommandFailed extends RuntimeException {
    private final int exitStatus;
    private final String explanation;

    private CommandFailed(int exitStatus, String message) {
        super(message, null, false, false);
        this.exitStatus = exitStatus;
        this.explanation = message;
    }

    /** The server, a check or the database says no. */
    static CommandFailed refused(String message) {
        return new CommandFailed(1, message);
    }

    /** The input is wrong, or whoever should answer cannot be reached. */
    static CommandFailed badInput(String message) {
        return new CommandFailed(2, message);
    }

    /** One line or several. */
    String explanation() {
        return explanation;
    }

    int exitStatus() {
        return exitStatus;
    }
}
