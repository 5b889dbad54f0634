package dev.turnout.flags.client;

/**
 * Comparisons with the other side since the start.
 *
 * @param same both sides said the same
 * @param different they differed, and still did when both were read again
 * @param late the other side did not answer within the budget
 * @param failed the other side could not be read
 * @param skipped there was no room to compare without getting in the caller's way
 */
public record ShadowCounts(long same, long different, long late, long failed, long skipped) {}
