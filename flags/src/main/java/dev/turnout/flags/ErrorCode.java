package dev.turnout.flags;

/** What was wrong with a question, in OpenFeature's words. */
public enum ErrorCode {
    FLAG_NOT_FOUND,
    TARGETING_KEY_MISSING,
    INVALID_CONTEXT,
    PARSE_ERROR,
    TYPE_MISMATCH,
    PROVIDER_NOT_READY,
    GENERAL
}
