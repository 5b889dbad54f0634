package dev.turnout.server.control;

import org.jspecify.annotations.Nullable;

/**
 * What was done, for the audit. Immutable.
 *
 * @param action for example {@code flag.change}
 * @param subject for example {@code flag:use-dynamic-services}
 * @param before kept as JSON; absent when there was nothing before
 * @param after kept as JSON; absent when nothing is left
 */
public record Deed(
        String action,
        String subject,
        @Nullable Object before,
        @Nullable Object after) {
    public static Deed of(String action, String subject) {
        return new Deed(action, subject, null, null);
    }

    public Deed from(Object before) {
        return new Deed(action, subject, before, after);
    }

    public Deed to(Object after) {
        return new Deed(action, subject, before, after);
    }
}
