package dev.turnout.worker.jdbc;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.stream.Collectors;

/** What kind of failure a SQLException is, by its SQL state: who can do what about it. */
public enum Failure {
    /** The server or the network is gone; whether a commit under way took effect is unknown. */
    CONNECTION_LOST(true),
    LOCK_TIMEOUT(true),
    DEADLOCK(true),
    SERIALIZATION(true),
    STATEMENT_TIMEOUT(false),
    /** A value that the statement cannot take: a bad row, not a bad statement. */
    BAD_DATA(false),
    OTHER(false);

    private static final Set<String> NO_SESSION = Set.of("25P03", "25P04", "53300");

    private final boolean transientLike;

    Failure(boolean transientLike) {
        this.transientLike = transientLike;
    }

    /** The same transaction may succeed when it is tried again from the start. */
    public boolean transientLike() {
        return transientLike;
    }

    /**
     * Classes 22 (data) and 23 (constraint) are bad data; PostgreSQL's P0001 is a RAISE of the operator's own SQL. Lost is
     * also a session that the server ended for its age (25P03, 25P04) or would not begin (53300), and a pool that had none
     * to give.
     */
    public static Failure of(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("08") || state.startsWith("57P") || NO_SESSION.contains(state)) {
            return CONNECTION_LOST;
        }
        if (e instanceof SQLTransientConnectionException) {
            return CONNECTION_LOST;
        }
        if (state.startsWith("22") || state.startsWith("23") || state.equals("P0001")) {
            return BAD_DATA;
        }
        return switch (state) {
            case "55P03" -> LOCK_TIMEOUT;
            case "40P01" -> DEADLOCK;
            case "40001" -> SERIALIZATION;
            case "57014" -> STATEMENT_TIMEOUT;
            default -> OTHER;
        };
    }

    /** What the server says, for operators: on one line, without the position in a statement that they did not write. */
    public static String words(SQLException e) {
        return String.valueOf(e.getMessage())
                .lines()
                .map(String::strip)
                .filter(line -> !line.startsWith("Position:"))
                .collect(Collectors.joining(" "))
                .replaceFirst("^ERROR: ", "");
    }
}
