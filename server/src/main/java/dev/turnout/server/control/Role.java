package dev.turnout.server.control;

/** What a token allows. ADMIN allows everything; the others only what they name. */
public enum Role {
    EVALUATE,
    REPORT,
    OPERATE,
    ALERT,
    ADMIN
}
