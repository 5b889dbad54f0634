package dev.turnout.flags.guard;

/**
 * Outcomes of the new side are bad.
 *
 * @param rule {@code hard stop} or {@code e-detector}
 * @param statistic what exceeded the threshold
 * @param controlled compared with the concurrent old side; otherwise only with its past
 * @param because in words
 */
public record Alarm(
        String rule, Metric metric, double statistic, double threshold, boolean controlled, String because) {}
