package dev.turnout.server.control;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What a failed transaction calls for. */
enum Trouble {
    /** The connection is gone, and with it probably every other one of the pool. */
    CONNECTION_LOST,
    /** The database chose this transaction to yield: the same work may succeed at once. */
    YIELDED,
    /** Nothing that a repetition would cure. */
    LASTING;

    /** "Connection does not exist". */
    private static final String CLOSED = "08003";

    static Trouble of(Throwable failure) {
        String state = state(failure);
        if (state.startsWith("08") || state.startsWith("57P") || state.equals("25P03")) {
            return CONNECTION_LOST;
        }
        return state.equals("40001") || state.equals("40P01") || state.equals("55P03") ? YIELDED : LASTING;
    }

    /** Nobody there, or not let in: bad credentials (28), no such database (3D), too many connections (53300). */
    static boolean refused(Throwable failure) {
        String state = state(failure);
        return of(failure) == CONNECTION_LOST
                || state.startsWith("28")
                || state.startsWith("3D")
                || state.equals("53300");
    }

    private static String state(Throwable failure) {
        String state = "";
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof SQLException sql) {
                if (sql.getSQLState() != null) {
                    return sql.getSQLState();
                }
                // The database always says a state; Hikari, lending what it has closed already, does not.
                state = CLOSED;
            }
        }
        return state;
    }

    private static @Nullable Throwable next(Throwable cause) {
        return cause.getCause() == cause ? null : cause.getCause();
    }
}
