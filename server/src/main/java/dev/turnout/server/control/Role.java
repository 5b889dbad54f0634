package dev.turnout.server.control;

/** What a token allows. ADMIN allows everything; the others only what they name. */
public enum Role {
    EVALUATE,
    REPORT,
    /** Writes rows of migrated tables: an application's right, on data and on nothing else. */
    WRITE,
    OPERATE,
    ALERT,
    ADMIN
}
