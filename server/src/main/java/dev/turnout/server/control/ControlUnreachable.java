package dev.turnout.server.control;

/** The control database does not answer: check that it runs and that the setting named in the message is right. */
public final class ControlUnreachable extends RuntimeException {
    ControlUnreachable(ControlSettings settings, Throwable cause) {
        super(
                "the control database at " + settings.address() + " cannot be reached: " + reason(cause) + " (setting "
                        + ControlSettings.OPTION + ")",
                cause);
    }

    private static String reason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage();
        return message == null || message.isBlank()
                ? deepest.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }
}
