package dev.turnout.server.control;

import io.vertx.sqlclient.Row;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads tokens. */
final class TokenRows {
    static final String COLUMNS = "name, roles, scopes, requests_per_second, created_at, expires_at, revoked_at,"
            + " previous_until, version";

    private TokenRows() {}

    static TokenEntry entry(Row row) {
        Set<Role> roles = Arrays.stream(row.getArrayOfStrings("roles"))
                .map(Role::valueOf)
                .collect(Collectors.toUnmodifiableSet());
        Integer limit = row.getInteger("requests_per_second");
        return new TokenEntry(
                new Caller(
                        Columns.text(row, "name"),
                        roles,
                        Set.of(row.getArrayOfStrings("scopes")),
                        limit == null ? OptionalInt.empty() : OptionalInt.of(limit)),
                new TokenEntry.Life(
                        Columns.instant(row, "created_at"),
                        Columns.optionalInstant(row, "expires_at"),
                        Columns.optionalInstant(row, "revoked_at")),
                Columns.optionalInstant(row, "previous_until"),
                row.getLong("version"));
    }
}
