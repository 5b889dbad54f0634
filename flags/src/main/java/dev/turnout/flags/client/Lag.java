package dev.turnout.flags.client;

import dev.turnout.flags.Subject;
import dev.turnout.flags.stage.Side;

/**
 * A write that the authority took and the other side did not, twice: that side has to be repaired.
 *
 * @param side the one that lags
 */
public record Lag(String flag, Subject unit, Side side, Exception because) {}
