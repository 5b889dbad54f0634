package dev.turnout.worker.jdbc;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.stream.Collectors;

/** What kind of failure a SQLException is, by its SQL state or MySQL's code: who can do what about it. */
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

    /** Gone, going or full: MySQL's communication errors, 1040 and its kin, a session that was killed. */
    private static final Set<Integer> MYSQL_LOST = Set.of(
            1040, 1042, 1043, 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1927, 2006, 2013, 3169,
            4031);

    /**
     * What the server files under other classes than 22 and 23: 1242 a subquery with two rows, 1265 truncated, 1292 and 1411
     * no such date or number, 1364 no default, 1366 no such character, 1644 SIGNAL, 3819 a check, 4038 no JSON (MariaDB).
     */
    private static final Set<Integer> MYSQL_BAD_DATA = Set.of(
            1242, 1264, 1265, 1292, 1364, 1365, 1366, 1406, 1411, 1644, 1690, 3140, 3141, 3156, 3819, 3903, 4025, 4038);

    /** Of PostgreSQL, which finds them when it comes to the row: a subquery with two rows, a RAISE of the operator's, STRICT. */
    private static final Set<String> BAD_ROW = Set.of("21000", "P0001", "P0002", "P0003");

    private final boolean transientLike;

    Failure(boolean transientLike) {
        this.transientLike = transientLike;
    }

    /** The same transaction may succeed when it is tried again from the start. */
    public boolean transientLike() {
        return transientLike;
    }

    /**
     * Classes 22 (data) and 23 (constraint) are bad data. Lost is
     * also a session that the server ended for its age (25P03, 25P04) or would not begin (53300), and a pool that had none
     * to give.
     */
    public static Failure of(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("08") || state.startsWith("57P") || NO_SESSION.contains(state)) {
            return CONNECTION_LOST;
        }
        if (e instanceof SQLTransientConnectionException || MYSQL_LOST.contains(e.getErrorCode())) {
            return CONNECTION_LOST;
        }
        // The codes of MySQL and MariaDB; PostgreSQL has states only and gives 0.
        switch (e.getErrorCode()) {
            case 1205, 3572 -> {
                return LOCK_TIMEOUT;
            }
            case 1213 -> {
                return DEADLOCK;
            }
            case 1020 -> {
                return SERIALIZATION;
            }
            case 1317, 1969, 3024 -> {
                return STATEMENT_TIMEOUT;
            }
            default -> {}
        }
        // Of a batch, Connector/J tells the timeout in the cause alone.
        if (e instanceof SQLTimeoutException || e.getCause() instanceof SQLTimeoutException) {
            return STATEMENT_TIMEOUT;
        }
        if (MYSQL_BAD_DATA.contains(e.getErrorCode())) {
            return BAD_DATA;
        }
        if (state.startsWith("22") || state.startsWith("23")) {
            return BAD_DATA;
        }
        // MySQL has 21000 for statements as well that are bad themselves.
        if (e.getErrorCode() == 0 && BAD_ROW.contains(state)) {
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
