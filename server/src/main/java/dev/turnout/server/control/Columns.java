package dev.turnout.server.control;

import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a column holds, in the types of records: instants for timestamptz, {@link Optional} for what may be NULL. */
final class Columns {
    private Columns() {}

    /** For binding: the driver's own type for timestamptz, independent of the zone of the JVM. */
    static OffsetDateTime bind(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    static @Nullable OffsetDateTime bind(Optional<Instant> instant) {
        return instant.map(Columns::bind).orElse(null);
    }

    static String text(Row row, String column) {
        return Objects.requireNonNull(row.getString(column), column);
    }

    static Optional<String> optionalText(Row row, String column) {
        return Optional.ofNullable(row.getString(column));
    }

    static Instant instant(Row row, String column) {
        return optionalInstant(row, column).orElseThrow(() -> new NullPointerException(column));
    }

    static Optional<Instant> optionalInstant(Row row, String column) {
        return Optional.ofNullable(row.getOffsetDateTime(column)).map(OffsetDateTime::toInstant);
    }

    static <T> T json(Row row, String column, Class<T> type) {
        return Json.read(text(row, column), type);
    }

    static <E extends Enum<E>> E word(Row row, String column, Class<E> type) {
        return Enum.valueOf(type, text(row, column));
    }
}
