package dev.turnout.server.control;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.Optional;

/**
 * A token that somebody shows.
 *
 * @param previous it is shown as it was before its rotation
 */
record Shown(TokenEntry entry, boolean previous) {
    /**
     * Empty for a row that only looks like it.
     *
     * @param row with both hashes in hexadecimal digits
     */
    static Optional<Shown> of(Row row, String hash) {
        boolean now = TokenSecret.same(Columns.text(row, "hash"), hash);
        boolean previous =
                TokenSecret.same(Columns.optionalText(row, "previous_hash").orElse(""), hash);
        return now || previous ? Optional.of(new Shown(TokenRows.entry(row), previous)) : Optional.empty();
    }

    /**
     * Empty when it is expired or revoked.
     *
     * @param now business time
     */
    Optional<Caller> caller(Instant now) {
        return entry.valid(previous, now) ? Optional.of(entry.caller()) : Optional.empty();
    }
}
