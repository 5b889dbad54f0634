package dev.turnout.worker.remote;

import java.util.Optional;
import java.util.Set;

/**
 * How a value of one type becomes one of another type, exactly. A value between the two is the text by which either product
 * tells it from any other: the same for equal values, so that it serves the comparison too. Immutable.
 */
record Pairing(ColumnType source, ColumnType target) {
    private static final Set<Form> WHOLE = Set.of(Form.INTEGER, Form.DECIMAL);
    private static final Set<Form> WORDS = Set.of(Form.TEXT, Form.LABEL, Form.SET);

    /** Why no value, or not every value, can cross; empty: each one crosses exactly or is found to be bad. */
    Optional<String> refusal() {
        if (carries()) {
            return Optional.empty();
        }
        return Optional.of(source.words() + " has no exact counterpart in " + target.words());
    }

    private boolean carries() {
        Form from = source.form();
        Form to = target.form();
        if (opaque() || from == Form.NOTHING) {
            return true;
        }
        return switch (to) {
            case INTEGER -> WHOLE.contains(from) || from == Form.BOOLEAN || from == Form.BITS;
            case DECIMAL -> WHOLE.contains(from);
            case BOOLEAN -> from == Form.BOOLEAN || from == Form.INTEGER || from == Form.BITS;
            case FLOAT -> from == Form.FLOAT;
            case DOUBLE -> from == Form.FLOAT || from == Form.DOUBLE;
            case TEXT -> WORDS.contains(from) || from == Form.UUID;
            case LABEL -> from == Form.TEXT || from == Form.LABEL;
            case SET -> WORDS.contains(from) || from == Form.TEXTS;
            case TEXTS -> from == Form.SET;
            case BYTES -> from == Form.BYTES || from == Form.UUID || from == Form.BITS;
            case BITS -> from == Form.BITS || from == Form.BOOLEAN;
            case UUID -> from == Form.UUID || from == Form.TEXT || from == Form.BYTES;
            case JSON -> from == Form.JSON || from == Form.TEXT;
            case DATE, TIME, TIMESTAMP, INSTANT -> from == to;
            case NOTHING, OTHER -> false;
        };
    }

    /** Both are one type of one product: its own text carries every value, those that no other product has too. */
    private boolean opaque() {
        boolean old = source.dialect().mysql() && target.dialect().mysql();
        if (old && source.form() == target.form() && target.form() == Form.DATE) {
            return true;
        }
        boolean one = !source.dialect().mysql()
                && !target.dialect().mysql()
                && source.base().equals(target.base());
        return one
                && switch (source.form()) {
                    // A length on the other side would bend a value in silence: those are looked at.
                    case INTEGER, DECIMAL, TEXT, BITS, TIME, TIMESTAMP, INSTANT ->
                        !target.limited() || (target.form() != Form.DECIMAL && target.scale() == 6);
                    default -> true;
                };
    }

    /** The value as it must stand in the target. */
    String carry(String text) throws BadValue {
        if (opaque()) {
            return text;
        }
        return Values.carry(text, source, target);
    }

    /** A value that stands in the target, in the form that {@link #carry} gives. */
    String found(String text) throws BadValue {
        return opaque() ? text : Values.normal(text, target);
    }
}
