package dev.turnout.worker.expand;

import static dev.turnout.worker.jdbc.Identifiers.quote;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something in the catalogue, by kind and name.
 *
 * @param of the table or type that it belongs to; empty for what has a name of its own in the schema
 */
record SchemaObject(Kind kind, String of, String name) {
    private static final Pattern RECORDED =
            Pattern.compile("(\\w+) (?:\"((?:[^\"]|\"\")*)\"\\.)?\"((?:[^\"]|\"\")*)\"");

    enum Kind {
        TABLE,
        COLUMN,
        /** Its definition without NOT VALID: that it is validated is an object of its own. */
        CONSTRAINT,
        VALIDITY,
        /** But for those of a constraint, whose definition says it all. */
        INDEX,
        TYPE,
        VALUE
    }

    /** The statement that takes it away, harmless when it is gone; empty: nothing does. */
    Optional<String> drop() {
        return switch (kind) {
            case TABLE -> Optional.of("DROP TABLE IF EXISTS " + quote(name));
            case COLUMN -> Optional.of("ALTER TABLE IF EXISTS " + quote(of) + " DROP COLUMN IF EXISTS " + quote(name));
            case CONSTRAINT ->
                Optional.of("ALTER TABLE IF EXISTS " + quote(of) + " DROP CONSTRAINT IF EXISTS " + quote(name));
            case INDEX -> Optional.of("DROP INDEX IF EXISTS " + quote(name));
            case TYPE -> Optional.of("DROP TYPE IF EXISTS " + quote(name));
            case VALIDITY, VALUE -> Optional.empty();
        };
    }

    /** For operators. */
    String words() {
        return switch (kind) {
            case VALUE -> "value " + name + " of " + of;
            case VALIDITY -> "validity of " + of + "." + name;
            default -> kind.name().toLowerCase(Locale.ROOT) + " " + (of.isEmpty() ? "" : of + ".") + name;
        };
    }

    /** As the bookkeeping keeps it. */
    String recorded() {
        return kind + " " + (of.isEmpty() ? "" : quote(of) + ".") + quote(name);
    }

    /** @throws IllegalArgumentException when it is none that {@link #recorded} gave */
    static SchemaObject of(String recorded) {
        Matcher parts = RECORDED.matcher(recorded);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no object of a schema: " + recorded);
        }
        String of = parts.group(2) == null ? "" : parts.group(2);
        return new SchemaObject(Kind.valueOf(parts.group(1)), plain(of), plain(parts.group(3)));
    }

    private static String plain(String quoted) {
        return quoted.replace("\"\"", "\"");
    }
}
