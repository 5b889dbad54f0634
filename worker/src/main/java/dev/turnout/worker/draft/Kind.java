package dev.turnout.worker.draft;

import dev.turnout.worker.jdbc.TableColumn;
import java.util.Locale;

/** What a value is, whatever product keeps it. A value of one kind is copied as it is; between kinds somebody decides. */
enum Kind {
    WHOLE("(tiny|small|medium|big)?int(eger)?\\b.*|serial|bigserial|smallint.*"),
    NUMBER("(numeric|decimal).*"),
    FLOAT("(double|float|real).*"),
    YES_NO("bool(ean)?"),
    TEXT("(var)?char(acter)?( varying)?(\\(.*)?|(tiny|medium|long)?text|citext|name"),
    MOMENT("(timestamp|datetime).*"),
    DATE("date"),
    TIME("time(\\(.*)?|time (with|without).*"),
    UUID("uuid"),
    JSON("jsonb?"),
    BYTES("bytea|(var)?binary.*|(tiny|medium|long)?blob"),
    /** Only the same type again is of the same kind. */
    OTHER(".*");

    private final String types;

    Kind(String types) {
        this.types = types;
    }

    static Kind of(TableColumn column) {
        String type = column.type().toLowerCase(Locale.ROOT).replace(" unsigned", "");
        // MySQL has no other boolean; as a number it would be one wherever it is copied to.
        if (type.equals("tinyint(1)")) {
            return YES_NO;
        }
        for (Kind kind : values()) {
            if (type.matches(kind.types)) {
                return kind;
            }
        }
        return OTHER;
    }

    static boolean same(TableColumn before, TableColumn after) {
        return before.type().equals(after.type()) || (of(before) == of(after) && of(before) != OTHER);
    }
}
